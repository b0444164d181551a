// The provider's Node clients against the simulator: runs every scenario, names each one, and closes with `N passed, N failed`.

import { readdirSync } from 'node:fs';
import { run } from 'node:test';
import { inspect } from 'node:util';

const folder = new URL('scenarios/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs'));
const count = { passed: 0, failed: 0 };

function report(outcome, { name, details }) {
  count[outcome] += 1;
  const seconds = (details.duration_ms / 1000).toFixed(2);
  console.log(`${name} ... ${outcome === 'passed' ? 'ok' : 'failed'} (${seconds} s)`);
  if (outcome === 'failed') console.log(inspect(details.error?.cause ?? details.error, { depth: 6 }));
}

const scenarios = run({
  files: files.map((name) => new URL(name, folder).pathname),
  // Serial calls of the same account would refuse each other.
  concurrency: false,
});
scenarios.on('test:pass', (event) => report('passed', event));
scenarios.on('test:fail', (event) => report('failed', event));
scenarios.on('end', () => {
  console.log(`node-sdk: ${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
});
scenarios.resume();
