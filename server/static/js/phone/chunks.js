// Samples into numbered chunks, laid out as in sensors/chunks.py.

const CHUNK_S = 1; // as collectors send; a page shows a repetition this late at most
const RATE_FROM_S = 1.5; // of samples, from which the rate is told
const HEADER_BYTES = 28;
const SAMPLE_BYTES = 16;

// Collects samples; onBegun({rateHz, firstMs}) once the rate is known, then onChunk(sequence,
// payload) for each second. -> {take(t_ms, x, y, z), end()}
export function chunker({ onBegun, onChunk }) {
  let waiting = [];
  let firstMs = null;
  let rateHz = null;
  let sequence = 0;

  function spanS() {
    return (waiting.at(-1)[0] - waiting[0][0]) / 1000;
  }

  function cut() {
    onChunk(sequence, encode(sequence, rateHz, firstMs, waiting));
    sequence += 1;
    waiting = [];
  }

  return {
    take(...sample) {
      firstMs ??= sample[0];
      waiting.push(sample);
      if (rateHz === null) {
        if (spanS() < RATE_FROM_S) return;
        rateHz = Math.round((10 * (waiting.length - 1)) / spanS()) / 10;
        onBegun({ rateHz, firstMs });
      }
      if (spanS() >= CHUNK_S) cut();
    },
    end() {
      if (rateHz !== null && waiting.length > 0) cut();
    },
  };
}

function encode(sequence, rateHz, firstMs, samples) {
  const payload = new ArrayBuffer(HEADER_BYTES + samples.length * SAMPLE_BYTES);
  const view = new DataView(payload);
  const startMs = samples[0][0];
  "SRC1".split("").forEach((letter, n) => view.setUint8(n, letter.charCodeAt(0)));
  view.setUint32(4, sequence, true);
  view.setFloat64(8, rateHz, true);
  view.setFloat64(16, (startMs - firstMs) / 1000, true);
  view.setUint32(24, samples.length, true);
  const axesAt = HEADER_BYTES + 4 * samples.length;
  samples.forEach(([atMs, ...axes], n) => {
    view.setUint32(HEADER_BYTES + 4 * n, Math.round((atMs - startMs) * 1000), true);
    axes.forEach((value, axis) => view.setFloat32(axesAt + 12 * n + 4 * axis, value, true));
  });
  return payload;
}
