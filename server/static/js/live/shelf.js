// What waits for the server, in the browser's own storage. Each command has a key of its own, so
// that two tabs, or a tab that closes, never overwrite what another one has put there.

// -> all() oldest first, put(command), remove(command); a command has an `id` and `atMs`.
export function shelf(prefix) {
  const keyOf = (command) => `${prefix}.${command.id}`;
  return {
    all() {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(`${prefix}.`))
        .map((key) => JSON.parse(localStorage.getItem(key)))
        .filter((command) => command !== null) // another tab has just taken it away
        .sort((one, other) => one.atMs - other.atMs);
    },
    put: (command) => localStorage.setItem(keyOf(command), JSON.stringify(command)),
    remove: (command) => localStorage.removeItem(keyOf(command)),
  };
}

// Does the work while no other tab does any of this name. Locks exist only in secure contexts; a
// server on the home network may be none, and then a command may be sent twice, but is done once.
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
