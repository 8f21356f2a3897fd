"""Results of several algorithms beside each other, and more of what is known of the shaking."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEYS = {
    "rep": ("set_id", "algorithm_id", "number"),
    "tremor_window": ("set_id", "algorithm_id", "number"),
    "set_tremor": ("set_id", "algorithm_id"),
}
WINDOW_FIGURES = (
    "amp_low_ms2",
    "amp_high_ms2",
    "displacement_mm",
    "bandwidth_hz",
    "band_rms_ms2",
    "contrast_db",
    "noise_floor_ms2",
)
SET_FIGURES = (
    *WINDOW_FIGURES,
    "freq_spread_hz",
    "confidence",
    "below_floor_fraction",
    "effective_rate_hz",
    "jitter_ms",
    "gap_s",
    "course_slope_log10",
    "course_low_log10",
    "course_high_log10",
)


def upgrade() -> None:
    """Put the algorithm into the keys, then make room for what one measures."""
    for table, key in KEYS.items():
        _set_key(table, key)
    for name in WINDOW_FIGURES:
        op.add_column("tremor_window", sa.Column(name, sa.Float(), nullable=True))
    for name in SET_FIGURES:
        op.add_column("set_tremor", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("set_tremor", sa.Column("windows", sa.Integer(), nullable=True))
    op.add_column("set_tremor", sa.Column("course_amp_rms_ms2", sa.JSON(), nullable=True))
    op.add_column("set_tremor", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("exset", sa.Column("shown_algorithm_id", sa.Uuid(), nullable=True))
    _phase_tremor()
    _recount()


def downgrade() -> None:
    """Keep of each set what was found first."""
    op.drop_table("recount")
    op.drop_table("phase_tremor")
    op.drop_column("exset", "shown_algorithm_id")
    for name in ("settled_at", "course_amp_rms_ms2", "windows", *SET_FIGURES):
        op.drop_column("set_tremor", name)
    for name in WINDOW_FIGURES:
        op.drop_column("tremor_window", name)
    for table, key in KEYS.items():
        op.execute(
            f"DELETE FROM {table} WHERE algorithm_id != "  # noqa: S608 - from the constants above
            f"(SELECT algorithm_id FROM exset WHERE exset.id = {table}.set_id)"
        )
        _set_key(table, tuple(name for name in key if name != "algorithm_id"))


def _set_key(table: str, key: tuple[str, ...]) -> None:
    with op.batch_alter_table(table, recreate="auto") as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", list(key))


def _phase_tremor() -> None:
    op.create_table(
        "phase_tremor",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("algorithm_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("amp_rms_ms2", sa.Float(), nullable=True),
        sa.Column("freq_hz", sa.Float(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["algorithm_id"], ["algorithm.id"], name=op.f("fk_phase_tremor_algorithm_id_algorithm")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["exset.id"], name=op.f("fk_phase_tremor_set_id_exset")
        ),
        sa.PrimaryKeyConstraint("set_id", "algorithm_id", "phase", name=op.f("pk_phase_tremor")),
    )


def _recount() -> None:
    op.create_table(
        "recount",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("algorithm_id", sa.Uuid(), nullable=False),
        sa.Column("auto_reps", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["algorithm_id"], ["algorithm.id"], name=op.f("fk_recount_algorithm_id_algorithm")
        ),
        sa.ForeignKeyConstraint(["set_id"], ["exset.id"], name=op.f("fk_recount_set_id_exset")),
        sa.PrimaryKeyConstraint("set_id", "algorithm_id", name=op.f("pk_recount")),
    )
