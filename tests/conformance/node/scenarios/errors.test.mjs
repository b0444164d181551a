// Each of the 24 documented errors of CreateVpcEndpointService: code, status, text, and nothing made.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { refused, scenario } from '../support/scenario.mjs';
import { CLOSED, journal, orderFault, PROVIDER } from '../support/simulator.mjs';

const errors = JSON.parse(readFileSync(new URL('../../create-errors.json', import.meta.url), 'utf8'));
assert.equal(errors.length, 24);

const OPERATION = 'CreateVpcEndpointService';

for (const { code, message, parameters, ordered = false, account } of errors) {
  scenario(`a creation is answered ${code}`, async (stage) => {
    if (ordered) await orderFault(OPERATION, stage.mark, { error: { code } });
    const speaker = stage.as(account === 'closed' ? CLOSED : PROVIDER);
    const create = () => stage.ask(speaker, OPERATION, { ...parameters, ClientToken: stage.mark });
    await refused(code, create, { message: pattern(message) });
    const calls = await journal({ operation: OPERATION, object: stage.mark });
    const found = calls.map((call) => [call.code, call.effect, call.object, call.fault !== null]);
    assert.deepEqual(found, [[code, 'none', null, ordered]]);
  });
}

/** The whole text, in which the server fills `%s`. */
function pattern(message) {
  const parts = message.split('%s').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
}
