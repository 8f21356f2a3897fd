"""Cases that the counting core does not hold yet: what it counts, or when it tells, instead.

Marked by conftest.py as expected to fail, not strictly: a line goes when its case holds.
"""

KNOWN_FAILURES: dict[str, dict[str, str]] = {
    "test_movement::test_counts_movement_that_is_never_twice_the_same": {
        "careless-three": "counted []",
    },
    "test_movement::test_counts_shaking_legs": {
        "8.0-4.0": "counted [4]",
    },
    "test_mishaps::test_a_slipping_strap_does_not_end_the_set": {
        "90.0-1": "counted [5, 5]",
        "90.0-2": "counted [5, 5]",
    },
    "test_set_edges::test_short_sets_are_found_and_counted": {
        "3-brisk": "counted []",
    },
    "test_set_edges::test_another_exercise_is_another_set": {
        "3.0": "counted [20]",
    },
    "test_set_edges::test_two_exercises_back_to_back_are_two_sets": {
        "slow, then brisk": "counted [10]",
        "slow, then very slow": "counted [11, 5]",
    },
    "test_grid::test_counts_exactly": {
        "3 of 1.2 s, 90 degrees, hold none, coarser sensor, 200 Hz": "counted []",
        "3 of 2 s, 3 degrees, hold none, good sensor, 12.5 Hz": "counted []",
        "10 of 6 s, 3 degrees, hold rest_2_s, coarser sensor, 50 Hz": "counted [11]",
        "10 of 6 s, 3 degrees, hold end_5_s, coarse sensor, 12.5 Hz": "counted []",
    },
    "test_grid::test_counts_twenty_repetitions_of_twenty_seconds": {
        "": "counted [19]",
    },
    "test_everyday::test_resting_and_handling_things_is_no_set": {
        "drinking-1": "counted [4]",
        "sipping-2": "counted [5]",
        "crossing legs-1": "counted [8]",
    },
    "test_gym::test_a_fast_set_is_found_and_counted": {
        "3-jumping jack, wrist": "counted []",
        "3-jumping jack, thigh": "counted []",
        "3-squat, thigh": "counted []",
        "3-heel raise, shank": "counted []",
        "3-curl, wrist": "counted []",
    },
    "test_set_quality::test_a_slipped_strap_is_told": {
        "70.0-up1-25.0-2": "not told",
    },
}
"""By file and test: the case, and what comes of it; the case is empty where there is but one."""
