// The owner's side: activation, services of each type, what they consist of.

import assert from 'node:assert/strict';
import { NLB_H, NLB_I, refused, scenario } from '../support/scenario.mjs';
import { addClosedAccount, CONSUMER_ACCOUNT, PROVIDER_ACCOUNT, REGION } from '../support/simulator.mjs';
import { SPEAKERS } from '../support/speakers.mjs';
import { waitUntil } from '../support/waiting.mjs';

const KINDS = {
  slb: { ResourceType: 'slb', ResourceId: 'lb-classic' },
  alb: { ResourceType: 'alb', ResourceId: 'alb-web', ZoneId: 'cn-hangzhou-i' },
  nlb: NLB_I,
  gwlb: { ResourceType: 'gwlb', ResourceId: 'gwlb-wall', ZoneId: 'cn-hangzhou-j' },
};

scenario('an account activates the product once', async (stage) => {
  const newcomer = stage.as(await addClosedAccount(8000 + SPEAKERS.indexOf(stage.Speaker)));
  const message = 'The product is not activated.';
  await refused('NeedOpenProduct', () => stage.ask(newcomer, 'CheckProductOpen'), { message });
  const order = await stage.ask(newcomer, 'OpenPrivateLinkService');
  assert.deepEqual(Object.keys(order), ['OrderId']);
  assert.deepEqual(await stage.ask(newcomer, 'CheckProductOpen'), { Success: true });
  await refused('OrderOpend', () => stage.ask(newcomer, 'OpenPrivateLinkService'));
});

for (const [kind, resource] of Object.entries(KINDS)) {
  scenario(`a service of type ${kind} comes, changes and goes`, async (stage) => {
    const created = await stage.owner('CreateVpcEndpointService', { ServiceResourceType: kind, Resource: [resource] });
    const { ServiceId } = created;
    assert.match(ServiceId, /^epsrv-[a-z0-9]{20}$/);
    assert.equal(created.ServiceStatus, 'Creating');
    await stage.waitForService(ServiceId);
    const shown = await stage.service(ServiceId);
    const [attached, ...others] = await stage.attachments(ServiceId);
    assert.deepEqual(others, []);
    assert.deepEqual(shown, { ...created, ...expected(kind, attached), ServiceStatus: 'Active' });
    const named = Object.keys(resource).map((name) => [name, attached[name]]);
    assert.deepEqual(Object.fromEntries(named), resource);

    await stage.done(stage.owner('UpdateVpcEndpointServiceAttribute', { ServiceId, ServiceDescription: 'changed' }));
    await stage.waitForService(ServiceId);
    assert.deepEqual(await stage.service(ServiceId), { ...shown, ServiceDescription: 'changed' });

    const early = () => stage.owner('DeleteVpcEndpointService', { ServiceId });
    await refused('EndpointServiceDependenceViolation', early);
    await stage.detachEverything(ServiceId);
    await stage.deleteService(ServiceId);
    await refused('EndpointServiceNotFound', early, { message: 'The specified Service does not exist.' });
  });
}

/** What a look shows beside what the creation answered. */
function expected(kind, attached) {
  return {
    Payer: 'Endpoint',
    ServiceResourceType: kind,
    ServiceType: kind === 'gwlb' ? 'GatewayLoadBalancer' : 'Interface',
    RegionId: REGION,
    MinBandwidth: 100,
    MaxBandwidth: 10240,
    Zones: [attached.ZoneId],
    // Neither can have one of its own, and says 0.
    ...({ slb: { ConnectBandwidth: 3072 }, nlb: { ConnectBandwidth: 0 }, gwlb: { ConnectBandwidth: 0 } }[kind] ?? {}),
  };
}

scenario('resources are attached and detached', async (stage) => {
  const ServiceId = await stage.newService([NLB_I]);
  const zones = async () => (await stage.attachments(ServiceId)).map((found) => found.ZoneId).sort();
  const attach = () => stage.owner('AttachResourceToVpcEndpointService', { ServiceId, ...NLB_H });
  await stage.done(attach());
  await waitUntil(zones, ['cn-hangzhou-h', 'cn-hangzhou-i']);
  await stage.waitForService(ServiceId);
  await refused('EndpointServiceResourceExist', attach, { message: 'The specified resource already exists.' });
  await stage.done(stage.owner('DetachResourceFromVpcEndpointService', { ServiceId, ...NLB_I }));
  await waitUntil(zones, ['cn-hangzhou-h']);
});

scenario('users are added and removed', async (stage) => {
  const ServiceId = await stage.newService([NLB_I]);
  // One client reads long numbers as numbers, the other as big ones: their text is the same.
  const users = async () => {
    const { Users, TotalCount } = await stage.owner('ListVpcEndpointServiceUsers', { ServiceId });
    return { ids: Users.map((user) => String(user.UserId)).sort(), count: TotalCount };
  };
  const [provider, consumer] = [String(PROVIDER_ACCOUNT), String(CONSUMER_ACCOUNT)];
  assert.deepEqual(await users(), { ids: [provider], count: '1' });
  await stage.welcomeConsumer(ServiceId);
  assert.deepEqual(await users(), { ids: [provider, consumer], count: '2' });
  const UserARN = `acs:ram:*:${consumer}:*`;
  await stage.done(stage.owner('RemoveUserFromVpcEndpointService', { ServiceId, UserARN }));
  assert.deepEqual(await users(), { ids: [provider], count: '1' });
});

scenario('tags are set, found and taken off', async (stage) => {
  const ServiceId = await stage.newService([NLB_I]);
  const target = { ResourceType: 'vpcendpointservice', ResourceId: [ServiceId] };
  const tags = async () => {
    const { TagResources } = await stage.owner('ListTagResources', target);
    return Object.fromEntries(TagResources.map((tag) => [tag.TagKey, tag.TagValue]));
  };
  const Tag = [
    { Key: 'mark', Value: stage.mark },
    { Key: 'a b', Value: "c+d&e=f*(g)!'~/日本" },
  ];
  await stage.done(stage.owner('TagResources', { ...target, Tag }));
  assert.deepEqual(await tags(), { mark: stage.mark, 'a b': "c+d&e=f*(g)!'~/日本" });
  assert.deepEqual(await stage.marked(), [ServiceId]);
  await stage.done(stage.owner('UntagResources', { ...target, TagKey: ['mark'] }));
  assert.deepEqual(await tags(), { 'a b': "c+d&e=f*(g)!'~/日本" });
  assert.deepEqual(await stage.marked(), []);
});
