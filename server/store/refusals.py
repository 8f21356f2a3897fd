"""What a database cannot do now, in words; apart, so that naming it loads no engine."""


class InUse(Exception):
    """Another program has the database open."""


class NotRewritten(Exception):
    """The file could not be written anew; says why."""


class Unreachable(Exception):
    """No database answers there; says where and why, without the password."""
