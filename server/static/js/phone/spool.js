// What the server does not have yet, in the browser's own database: it outlives a reload, a lost
// network and a dead battery. A chunk is put away before it is sent and taken out when the server
// has it on disk.

const NAME = "steadyrep.phone";

// -> {add, put, end, next, chunk, forget, remove, kept}; all of one patient's.
export async function openSpool(patientId) {
  const db = await opened();

  function done(names, work) {
    return new Promise((resolve, reject) => {
      const turn = db.transaction(names, "readwrite", { durability: "strict" });
      let result;
      turn.oncomplete = () => resolve(result?.result);
      turn.onabort = () => reject(turn.error);
      result = work(...names.map((name) => turn.objectStore(name)));
    });
  }

  const chunksOf = (id, upTo = Infinity) => IDBKeyRange.bound([id, 0], [id, upTo]);

  return {
    // A recording begins; `hello` is what the server is told of it.
    add: (hello) =>
      done(["recordings"], (all) =>
        all.put({ id: hello.recording_id, patientId, hello, count: 0, isOver: false }),
      ),

    // The next chunk of a recording.
    put: (id, sequence, payload) =>
      done(["recordings", "chunks"], (recordings, chunks) => {
        chunks.put({ recordingId: id, sequence, payload });
        const found = recordings.get(id);
        found.onsuccess = () => recordings.put({ ...found.result, count: sequence + 1 });
      }),

    // No chunk follows. Without an id: in none of the recordings that are here.
    end: (id = null) =>
      done(["recordings"], (all) => {
        const cursor = all.openCursor();
        cursor.onsuccess = () => {
          if (!cursor.result) return;
          const one = cursor.result.value;
          const isMeant = one.patientId === patientId && (id === null || one.id === id);
          if (isMeant) cursor.result.update({ ...one, isOver: true });
          cursor.result.continue();
        };
      }),

    // The oldest recording that is not yet all on the server, or null.
    async next() {
      const all = await done(["recordings"], (recordings) => recordings.getAll());
      const own = all.filter((one) => one.patientId === patientId);
      own.sort((one, other) => one.hello.started_at.localeCompare(other.hello.started_at));
      return own[0] ?? null;
    },

    recording: (id) => done(["recordings"], (all) => all.get(id)),
    chunk: async (id, sequence) =>
      (await done(["chunks"], (all) => all.get([id, sequence])))?.payload ?? null,
    forget: (id, sequence) => done(["chunks"], (all) => all.delete(chunksOf(id, sequence))),
    remove: (id) =>
      done(["recordings", "chunks"], (recordings, chunks) => {
        chunks.delete(chunksOf(id));
        return recordings.delete(id);
      }),
    kept: () => done(["chunks"], (all) => all.count()),
  };
}

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("recordings", { keyPath: "id" });
      asked.result.createObjectStore("chunks", { keyPath: ["recordingId", "sequence"] });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
