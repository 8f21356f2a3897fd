"""How other devices on the network reach this machine."""

import ipaddress
import socket

ELSEWHERE = "10.255.255.255"
"""Somewhere that this machine would send to through its network; nothing is sent."""


class NoNetwork(Exception):
    """This machine has no address that others could reach."""


def lan_address() -> str:
    """This machine's own address on its network. Raises NoNetwork."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ELSEWHERE, 9))
            found = str(probe.getsockname()[0])
        except OSError as problem:
            raise NoNetwork(str(problem)) from problem
    if ipaddress.ip_address(found).is_loopback or ipaddress.ip_address(found).is_unspecified:
        raise NoNetwork("it has only its own loopback address")
    return found


def names_of(address: str) -> tuple[str, ...]:
    """All by which a browser may call this machine: the address first."""
    host = socket.gethostname().partition(".")[0].lower() or "localhost"
    return (address, f"{host}.local", host, "localhost", "127.0.0.1")
