// Waiting for a condition, with a deadline.

import { isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';

// The simulator's slowest change takes 0.2 s; a machine may be busy.
const DEADLINE = 20_000;
const INTERVAL = 20;

/** Looks until `wanted` is seen; returns all that was seen on the way, each once in a row. */
export async function waitUntil(look, wanted) {
  const seen = [];
  const end = performance.now() + DEADLINE;
  for (;;) {
    const now = await look();
    if (seen.length === 0 || !isDeepStrictEqual(seen.at(-1), now)) seen.push(now);
    if (isDeepStrictEqual(now, wanted)) return seen;
    if (performance.now() > end) {
      throw new Error(`waited ${DEADLINE} ms for ${JSON.stringify(wanted)}, saw ${JSON.stringify(seen)}`);
    }
    await pause(INTERVAL);
  }
}
