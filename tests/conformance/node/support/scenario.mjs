// What the scenarios have in common. Each of them runs once for each of the provider's clients.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { CONSUMER, CONSUMER_ACCOUNT, PROVIDER, REGION } from './simulator.mjs';
import { Refusal, SPEAKERS } from './speakers.mjs';
import { waitUntil } from './waiting.mjs';

const REQUEST_ID = /^[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}$/;

export const NLB_I = { ResourceType: 'nlb', ResourceId: 'nlb-web', ZoneId: 'cn-hangzhou-i' };
export const NLB_H = { ...NLB_I, ZoneId: 'cn-hangzhou-h' };

/** A sentence and its scenario, run with each client: `steps(stage)`. */
export function scenario(sentence, steps) {
  for (const Speaker of SPEAKERS) {
    test(`${Speaker.title}: ${sentence}`, () => steps(new Stage(Speaker)));
  }
}

/** The calls inside end in this error of the provider. */
export async function refused(code, call, { status = 400, message } = {}) {
  const refusal = await call().then(
    (answer) => assert.fail(`${JSON.stringify(answer)} instead of ${code}`),
    (error) => error,
  );
  if (!(refusal instanceof Refusal)) throw refusal;
  assert.deepEqual([refusal.code, refusal.status], [code, status]);
  assert.match(refusal.requestId, REQUEST_ID);
  assert.ok(refusal.data.HostId && refusal.data.Recommend.includes(`q=${code}&product=Privatelink`));
  if (message instanceof RegExp) assert.match(refusal.text, message);
  else if (message !== undefined) assert.equal(refusal.text, message);
  return refusal;
}

/** The owner of a service and a consumer with another account, who speak through the same kind of client. */
export class Stage {
  constructor(Speaker) {
    this.Speaker = Speaker;
    this.provider = new Speaker(PROVIDER);
    this.consumer = new Speaker(CONSUMER);
    // Not used by anybody else: a tag, a token.
    this.mark = randomUUID().replaceAll('-', '');
  }

  as(key) {
    return new this.Speaker(key);
  }

  /** An answer without its request id, which is looked at here. */
  async ask(speaker, operation, parameters = {}) {
    const { RequestId: requestId, ...answer } = await speaker.call(operation, { RegionId: REGION, ...parameters });
    assert.match(requestId, REQUEST_ID);
    return answer;
  }

  owner(operation, parameters) {
    return this.ask(this.provider, operation, parameters);
  }

  guest(operation, parameters) {
    return this.ask(this.consumer, operation, parameters);
  }

  /** A call whose answer holds nothing. */
  async done(answer) {
    assert.deepEqual(await answer, {});
  }

  /** A service that is `Active`. */
  async newService(resources, parameters = {}) {
    const { ServiceId } = await this.owner('CreateVpcEndpointService', {
      ServiceResourceType: resources[0]?.ResourceType ?? 'nlb',
      Resource: resources,
      ...parameters,
    });
    await this.waitForService(ServiceId);
    return ServiceId;
  }

  service(ServiceId) {
    return this.owner('GetVpcEndpointServiceAttribute', { ServiceId });
  }

  /** Waits for `Active`; returns the states on the way. */
  waitForService(ServiceId) {
    return waitUntil(async () => (await this.service(ServiceId)).ServiceStatus, 'Active');
  }

  /** Waits until a look is refused with a code; returns the states on the way. */
  waitUntilGone(look, code) {
    const status = () =>
      look().catch((error) => {
        if (error instanceof Refusal) return error.code;
        throw error;
      });
    return waitUntil(status, code);
  }

  async deleteService(ServiceId) {
    await this.done(this.owner('DeleteVpcEndpointService', { ServiceId }));
    const status = async () => (await this.service(ServiceId)).ServiceStatus;
    return this.waitUntilGone(status, 'EndpointServiceNotFound');
  }

  async attachments(ServiceId) {
    return (await this.owner('ListVpcEndpointServiceResources', { ServiceId })).Resources;
  }

  async detachEverything(ServiceId) {
    for (const { ResourceType, ResourceId, ZoneId } of await this.attachments(ServiceId)) {
      await this.waitForService(ServiceId);
      const key = { ServiceId, ResourceType, ResourceId, ZoneId };
      await this.done(this.owner('DetachResourceFromVpcEndpointService', key));
    }
    await waitUntil(() => this.attachments(ServiceId), []);
    await this.waitForService(ServiceId);
  }

  /** The services with the test's own tag. */
  async marked() {
    const { Services } = await this.owner('ListVpcEndpointServices', { Tag: [{ Key: 'mark', Value: this.mark }] });
    return Services.map((service) => service.ServiceId);
  }

  welcomeConsumer(ServiceId) {
    return this.done(this.owner('AddUserToVpcEndpointService', { ServiceId, UserId: CONSUMER_ACCOUNT }));
  }
}
