"""Certificates for a server that only its own network reaches: made and renewed here.

One authority, made once, that people's phones are told to trust; and a certificate of the server,
signed by it, that is made anew when it nears its end or the machine's address has changed. Browsers
refuse server certificates that are valid for more than 398 days (CA/Browser Forum, 2020; Apple
counts 398 as too many). The authority can vouch for private addresses and local names alone (name
constraints, RFC 5280), so that its key, should it be stolen, opens nothing else.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_LASTS = timedelta(days=397)
AUTHORITY_LASTS = timedelta(days=3650)
RENEW_BEFORE = timedelta(days=30)
"""A machine that is switched on once a month still renews in time."""
CLOCKS_DIFFER = timedelta(days=1)
"""Valid from so long ago, for phones whose clock is slow."""
PRIVATE_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)


@dataclass(frozen=True, slots=True)
class LanCertificates:
    """Where they lie, PEM. authority: what people's phones are to trust."""

    server: Path
    key: Path
    authority: Path


class NotPrivate(Exception):
    """The address is none of a private network, where such a certificate has no place."""


def ensure(folder: Path, names: Sequence[str], now: datetime) -> LanCertificates:
    """Certificates for these names and addresses, the first of which people use.

    Made where there are none, or none that will do. Raises NotPrivate, OSError.
    """
    _check_private(names)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = LanCertificates(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority_key = folder / "authority.key"
    if not _authority_will_do(found.authority, authority_key, now):
        _make_authority(found.authority, authority_key, names, now)
    if not _server_will_do(found, names, now):
        _make_server(found, authority_key, names, now)
    return found


def _check_private(names: Sequence[str]) -> None:
    networks = [ipaddress.ip_network(each) for each in PRIVATE_NETWORKS]
    for name in names:
        address = _address(name)
        if address is not None and not any(address in network for network in networks):
            raise NotPrivate(
                f"{name} is no address of a private network: use a certificate of a public "
                "authority (STEADYREP_TLS_CERT), or a reverse proxy"
            )


def _authority_will_do(path: Path, key: Path, now: datetime) -> bool:
    if not (path.is_file() and key.is_file()):
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return now + SERVER_LASTS < found.not_valid_after_utc


def _server_will_do(at: LanCertificates, names: Sequence[str], now: datetime) -> bool:
    if not (at.server.is_file() and at.key.is_file()):
        return False
    found = x509.load_pem_x509_certificate(at.server.read_bytes())
    authority = x509.load_pem_x509_certificate(at.authority.read_bytes())
    told = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    is_signed = found.issuer == authority.subject
    return is_signed and list(told) == _told(names) and now + RENEW_BEFORE < _ends(found)


def _ends(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc


def _make_authority(path: Path, key_path: Path, names: Sequence[str], now: datetime) -> None:
    key = _new_key(key_path)
    # the moment is part of the name, so that a phone does not take a new one for an old one
    name = _name(f"Steadyrep at {names[0]}, since {now:%Y-%m-%d %H:%M}")
    permitted = [
        *(x509.IPAddress(ipaddress.ip_network(each)) for each in PRIVATE_NETWORKS),
        *(x509.DNSName(each) for each in ("local", "localhost")),
        *(x509.DNSName(each) for each in names if _is_plain(each)),
    ]
    _write(
        path,
        _builder(name, name, key.public_key(), now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_authority=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256()),
    )


def _make_server(
    at: LanCertificates, authority_key: Path, names: Sequence[str], now: datetime
) -> None:
    authority = x509.load_pem_x509_certificate(at.authority.read_bytes())
    signing = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    if not isinstance(signing, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is not one of ours")
    key = _new_key(at.key)
    _write(
        at.server,
        _builder(_name(names[0]), authority.subject, key.public_key(), now, SERVER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_told(names)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        .sign(signing, hashes.SHA256()),
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    begins = now - CLOCKS_DIFFER
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
    )


def _told(names: Sequence[str]) -> list[x509.GeneralName]:
    told: list[x509.GeneralName] = []
    for name in names:
        address = _address(name)
        told.append(x509.DNSName(name) if address is None else x509.IPAddress(address))
    return told


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_plain(name: str) -> bool:
    return _address(name) is None and "." not in name and name != "localhost"


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _new_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """P-256, which every phone knows; its file is its owner's alone from the first byte."""
    key = ec.generate_private_key(ec.SECP256R1())
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
