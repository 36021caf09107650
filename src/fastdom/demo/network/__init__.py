"""The demo network: a folder of network files (see docs/network-files.md); made by `fastdom.demo.make_network`."""
