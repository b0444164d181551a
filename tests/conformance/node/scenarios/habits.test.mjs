// What all operations share: dry runs, client tokens, pages, keys, throttling.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refused, scenario, Stage } from '../support/scenario.mjs';
import { INACTIVE, journal, orderFault, PROVIDER, TEMPORARY } from '../support/simulator.mjs';
import { Current } from '../support/speakers.mjs';

function creation(stage, more = {}) {
  const Tag = [{ Key: 'mark', Value: stage.mark }];
  return stage.owner('CreateVpcEndpointService', { ServiceResourceType: 'nlb', Tag, ...more });
}

scenario('a dry run is an error and makes nothing', async (stage) => {
  await refused('DryRunOperation', () => creation(stage, { DryRun: true }));
  const Resource = [{ ResourceType: 'nlb', ResourceId: 'nlb-nowhere', ZoneId: 'cn-hangzhou-i' }];
  await refused('LoadBalancerNotFound', () => creation(stage, { DryRun: true, Resource }));
  assert.deepEqual(await stage.marked(), []);
});

scenario('a token stands for one call only', async (stage) => {
  const first = await creation(stage, { ClientToken: stage.mark });
  await stage.waitForService(first.ServiceId);
  assert.deepEqual(await creation(stage, { ClientToken: stage.mark }), first);
  const another = () => creation(stage, { ClientToken: stage.mark, ServiceDescription: 'another' });
  await refused('IdempotentParameterMismatch', another);
  assert.deepEqual(await stage.marked(), [first.ServiceId]);
});

scenario('services come one to a page', async (stage) => {
  const made = new Set();
  for (let n = 0; n < 3; n += 1) made.add((await creation(stage)).ServiceId);
  const seen = [];
  let more = {};
  do {
    const parameters = { Tag: [{ Key: 'mark', Value: stage.mark }], MaxResults: 1, ...more };
    const page = await stage.owner('ListVpcEndpointServices', parameters);
    assert.deepEqual([page.Services.length, page.TotalCount, page.MaxResults], [1, 3, 1]);
    seen.push(page.Services[0].ServiceId);
    more = page.NextToken ? { NextToken: page.NextToken } : undefined;
  } while (more);
  assert.equal(seen.length, 3);
  assert.deepEqual(new Set(seen), made);
});

scenario('keys are told apart', async (stage) => {
  const look = (key) => stage.ask(stage.as(key), 'ListVpcEndpointServices', { ServiceId: 'epsrv-nowhere' });
  assert.deepEqual((await look(TEMPORARY)).Services, []);
  await refused('InvalidSecurityToken.Malformed', () => look({ ...TEMPORARY, token: 'another' }));
  await refused('InvalidAccessKeyId.NotFound', () => look({ id: 'nobody', secret: 'nothing' }), { status: 404 });
  await refused('InvalidAccessKeyId.Inactive', () => look(INACTIVE));
  await refused('SignatureDoesNotMatch', () => look({ ...PROVIDER, secret: 'wrong' }));
});

scenario('an operation that does not exist is refused', (stage) =>
  refused('InvalidApi.NotFound', () => stage.owner('MakeCoffee'), { status: 404 }),
);

test('current: throttling is understood with its waiting time', async () => {
  const stage = new Stage(Current);
  await orderFault('CreateVpcEndpointService', stage.mark, { throttle: { status: 429, retry_after: '1500ms' } });
  const refusal = await refused('Throttling.User', () => creation(stage, { ClientToken: stage.mark }), { status: 429 });
  assert.equal(refusal.retryAfter, 1500);
});

test('current: a signature covers host and the headers of the provider, and the type of a form', async () => {
  const stage = new Stage(Current);
  const ServiceId = await stage.newService([]);
  const target = { ResourceType: 'vpcendpointservice', ResourceId: [ServiceId] };
  await stage.done(stage.owner('TagResources', { ...target, Tag: [{ Key: 'a', Value: 'b' }] }));
  const common = [
    'host',
    'x-acs-action',
    'x-acs-content-sha256',
    'x-acs-credentials-provider',
    'x-acs-date',
    'x-acs-signature-nonce',
    'x-acs-version',
  ];
  const signed = async (operation) => (await journal({ operation, object: ServiceId })).at(-1).signed_headers;
  assert.deepEqual(await signed('GetVpcEndpointServiceAttribute'), common);
  assert.deepEqual(await signed('TagResources'), ['content-type', ...common]);
});
