def sip_hash_24(data: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 of some bytes under a 128-bit key (two 64-bit integers, low half first)."""
