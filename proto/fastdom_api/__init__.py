"""The gRPC contract of fastdom: the .proto files and the Python code generated from them, by version."""
