"""Who asks too often is told when to ask again; nobody else is held up."""

import pytest

from server.guards.rates import MOST_BUCKETS, Rate, Rates
from tests.server.house import House

SLOW = Rate(burst=3, per_minute=6)


def test_a_burst_is_let_through_and_then_it_fills_with_time() -> None:
    rates = Rates()
    assert [rates.wait_s("anna", SLOW, 0.0) for _ in range(3)] == [0, 0, 0]
    assert rates.wait_s("anna", SLOW, 0.0) == 10
    assert rates.wait_s("anna", SLOW, 9.0) == 1
    assert rates.wait_s("anna", SLOW, 10.0) == 0
    assert rates.wait_s("anna", SLOW, 10.0) == 10


def test_asking_in_vain_costs_nothing() -> None:
    rates = Rates()
    for _ in range(100):
        rates.wait_s("anna", SLOW, 0.0)
    assert rates.wait_s("anna", SLOW, 10.0) == 0


def test_a_long_pause_fills_no_more_than_the_bucket() -> None:
    rates = Rates()
    assert [rates.wait_s("anna", SLOW, at_s) for at_s in (0.0, 1e6, 1e6, 1e6)] == [0, 0, 0, 0]
    assert rates.wait_s("anna", SLOW, 1e6) > 0


def test_everybody_has_a_bucket_of_their_own_and_there_is_an_end_to_them() -> None:
    rates = Rates()
    for number in range(MOST_BUCKETS + 10):
        assert rates.wait_s(number, Rate(1, 1), 0.0) == 0
    assert len(rates._buckets) == MOST_BUCKETS
    assert rates.wait_s(MOST_BUCKETS, Rate(1, 1), 0.0) > 0


@pytest.mark.parametrize(
    ("path", "rate"), [("/enter/no-such-link", "ENTERING"), ("/api/v1/me", "STRANGERS")]
)
async def test_a_stranger_who_asks_too_often_waits_and_others_do_not(
    house: House, path: str, rate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"server.guards.gate.{rate}", SLOW)
    annas = await house.client(house.anna)
    browser = await house.client(None)
    statuses = [(await browser.get(path)).status_code for _ in range(SLOW.burst + 1)]
    assert statuses[-1] == 429
    assert statuses[0] != 429
    turned_away = await browser.get(path)
    assert "Ask again in" in turned_away.text
    assert 0 < int(turned_away.headers["retry-after"]) <= 60
    assert (await annas.get("/api/v1/me")).status_code == 200
    house.pass_by(60)
    assert (await browser.get(path)).status_code != 429


async def test_one_persons_haste_is_not_anothers(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.guards.gate.KNOWN", SLOW)
    annas, evas = await house.client(house.anna), await house.client(house.eva)
    statuses = [(await annas.get("/api/v1/me")).status_code for _ in range(SLOW.burst + 1)]
    assert statuses == [200] * SLOW.burst + [429]
    assert (await evas.get("/api/v1/me")).status_code == 200
