// Two accounts: a consumer asks, the owner accepts, changes, rejects, withdraws.

import assert from 'node:assert/strict';
import { NLB_I, refused, scenario } from '../support/scenario.mjs';
import { CONSUMER_ACCOUNT } from '../support/simulator.mjs';
import { waitUntil } from '../support/waiting.mjs';

scenario('a connection lives from the request to the end of both sides', async (stage) => {
  const ServiceId = await stage.newService([NLB_I]);
  await refused('EndpointServiceNotAuthorized', () => request(stage, ServiceId));
  await stage.welcomeConsumer(ServiceId);
  const { Services } = await stage.guest('ListVpcEndpointServicesByEndUser', { ServiceId });
  assert.deepEqual(
    Services.map((service) => [service.ServiceId, service.Zones]),
    [[ServiceId, ['cn-hangzhou-i']]],
  );
  const { EndpointId } = await request(stage, ServiceId);
  await waitUntil(async () => (await endpoint(stage, EndpointId)).EndpointStatus, 'Active');
  assert.equal((await endpoint(stage, EndpointId)).ConnectionStatus, 'Disconnected');

  await acceptAndReshape(stage, { ServiceId, EndpointId });
  await withdraw(stage, { ServiceId, EndpointId });
  assert.equal((await endpoint(stage, EndpointId)).ConnectionStatus, 'ServiceDeleted');
  await clearUp(stage, EndpointId);
});

async function acceptAndReshape(stage, both) {
  const shape = { Bandwidth: 200, TrafficControlMode: 'BandwidthLimit' };
  await stage.done(stage.owner('EnableVpcEndpointConnection', { ...both, ...shape }));
  await waitForConnection(stage, both.ServiceId, 'Connected');
  const expected = {
    EndpointId: both.EndpointId,
    EndpointOwnerId: String(CONSUMER_ACCOUNT),
    resources: ['nlb-web'],
    ...shape,
  };
  assert.deepEqual(await summary(stage, both.ServiceId), expected);
  await stage.done(stage.owner('UpdateVpcEndpointConnectionAttribute', { ...both, Bandwidth: 500 }));
  await waitForConnection(stage, both.ServiceId, 'Connected');
  assert.deepEqual(await summary(stage, both.ServiceId), { ...expected, Bandwidth: 500 });
}

/** Nothing goes while a consumer is connected; afterwards everything does. */
async function withdraw(stage, both) {
  const { ServiceId } = both;
  const early = () => stage.owner('DeleteVpcEndpointService', { ServiceId });
  const message = 'You cannot delete EndpointService with Endpoint connected.';
  await refused('EndpointServiceConnectionDependence', early, { message });
  await stage.done(stage.owner('DisableVpcEndpointConnection', both));
  await waitForConnection(stage, ServiceId, 'Disconnected');
  await stage.detachEverything(ServiceId);
  await stage.deleteService(ServiceId);
}

async function clearUp(stage, EndpointId) {
  await refused('EndpointDependenceViolation', () => stage.guest('DeleteVpcEndpoint', { EndpointId }));
  await stage.done(stage.guest('RemoveZoneFromVpcEndpoint', { EndpointId, ZoneId: 'cn-hangzhou-i' }));
  await waitUntil(async () => (await stage.guest('ListVpcEndpointZones', { EndpointId })).Zones, []);
  await stage.done(stage.guest('DeleteVpcEndpoint', { EndpointId }));
  const status = async () => (await endpoint(stage, EndpointId)).EndpointStatus;
  await stage.waitUntilGone(status, 'EndpointNotFound');
}

function request(stage, ServiceId) {
  return stage.guest('CreateVpcEndpoint', {
    ServiceId,
    VpcId: 'vpc-consumer',
    SecurityGroupId: ['sg-consumer'],
    Zone: [{ ZoneId: 'cn-hangzhou-i', VSwitchId: 'vsw-consumer', ip: '172.16.0.10' }],
  });
}

function endpoint(stage, EndpointId) {
  return stage.guest('GetVpcEndpointAttribute', { EndpointId });
}

async function connection(stage, ServiceId) {
  const { Connections, TotalCount } = await stage.owner('ListVpcEndpointConnections', { ServiceId });
  assert.deepEqual([Connections.length, TotalCount], [1, '1']);
  return Connections[0];
}

function waitForConnection(stage, ServiceId, status) {
  return waitUntil(async () => (await connection(stage, ServiceId)).ConnectionStatus, status);
}

async function summary(stage, ServiceId) {
  const found = await connection(stage, ServiceId);
  return {
    EndpointId: found.EndpointId,
    EndpointOwnerId: String(found.EndpointOwnerId),
    Bandwidth: found.Bandwidth,
    TrafficControlMode: found.TrafficControlMode,
    resources: found.Zones.map((zone) => zone.ResourceId),
  };
}
