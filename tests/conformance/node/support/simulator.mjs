// The simulator as a tester sees it: where it listens, its admin API, the keys of its configuration.

import { readFileSync } from 'node:fs';

export const REGION = 'cn-hangzhou';
export const VERSION = '2020-04-15';

// Access keys of simulator.yaml. All of them are made up and open nothing.
export const PROVIDER = { id: 'sim-provider-key', secret: 'sim-provider-secret' };
export const CONSUMER = { id: 'sim-consumer-key', secret: 'sim-consumer-secret' };
export const CLOSED = { id: 'sim-closed-key', secret: 'sim-closed-secret' };
export const TEMPORARY = { id: 'sim-temporary-key', secret: 'sim-temporary-secret', token: 'sim-temporary-token' };
export const INACTIVE = { id: 'sim-inactive-key', secret: 'sim-inactive-secret' };
export const PROVIDER_ACCOUNT = 1111222233334444;
export const CONSUMER_ACCOUNT = 5555666677778888;

function ports() {
  return JSON.parse(readFileSync(process.env.SIMULATOR_PORTS, 'utf8'));
}

/** Host and port of the simulated API. */
export function address() {
  return new URL(ports().api).host;
}

async function ask(method, path, body) {
  const answer = await fetch(ports().admin + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** The next call of an operation with this ClientToken meets a fault. */
export function orderFault(operation, token, kind) {
  return ask('POST', '/v1/faults', { operation, matching: { ClientToken: token }, kind });
}

/** An account that has not activated the product; returns its key. */
export async function addClosedAccount(number) {
  const key = { id: `key-of-${number}`, secret: `secret-of-${number}` };
  await ask('POST', '/v1/accounts', { id: String(number), access_keys: [key], product_open: false });
  return key;
}

/** The calls that came, narrowed by `operation`, `account`, `since` or `object`. */
export function journal(wanted) {
  return ask('GET', `/v1/journal?${new URLSearchParams(wanted)}`);
}
