// The provider's own clients for Node. Both are unmodified and come from the folder in CLIENTS.
//
// A speaker is one account's client: `call(operation, parameters)` gives the body of the answer, an error of the provider
// comes as `{ code, message, status, requestId }` in a `Refusal`.

import { createRequire } from 'node:module';
import { address, REGION, VERSION } from './simulator.mjs';

const require = createRequire(`${process.env.CLIENTS}/package.json`);
const { default: Client, $OpenApiUtil, OpenApiUtil } = require('@alicloud/openapi-core');
const RPCClient = require('@alicloud/pop-core');
const { RuntimeOptions } = require('@darabonba/typescript');

/** A call that the provider refused. */
export class Refusal extends Error {
  constructor({ code, message, status, requestId, data }) {
    super(`${code}: ${message}`);
    Object.assign(this, { code, text: message, status, requestId, data });
  }
}

// Those travel in a form body; all others in the query.
const FORM = new Set(['TagResources', 'UntagResources']);

/** The core that the provider's generated Node packages rest on, called as they call it: ACS3-HMAC-SHA256 in headers. */
export class Current {
  static title = 'current';

  constructor(key) {
    this.client = new Client(
      new $OpenApiUtil.Config({
        accessKeyId: key.id,
        accessKeySecret: key.secret,
        securityToken: key.token,
        regionId: REGION,
        endpoint: address(),
        protocol: 'HTTP',
      }),
    );
  }

  async call(operation, parameters = {}) {
    const flat = OpenApiUtil.query(parameters);
    const request = new $OpenApiUtil.OpenApiRequest(FORM.has(operation) ? { body: flat } : { query: flat });
    const params = new $OpenApiUtil.Params({
      action: operation,
      version: VERSION,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    try {
      return (await this.client.callApi(params, request, new RuntimeOptions({}))).body;
    } catch (error) {
      if (error.data?.Code === undefined) throw error;
      const { Code: code, Message: message, RequestId: requestId } = error.data;
      throw Object.assign(new Refusal({ code, message, status: error.statusCode, requestId, data: error.data }), {
        retryAfter: error.retryAfter,
      });
    }
  }
}

/** The older client: HMAC-SHA1 among the parameters of a POST. */
export class Older {
  static title = 'older';

  constructor(key) {
    this.client = new RPCClient({
      endpoint: `http://${address()}`,
      apiVersion: VERSION,
      accessKeyId: key.id,
      accessKeySecret: key.secret,
      securityToken: key.token,
    });
  }

  async call(operation, parameters = {}) {
    try {
      return await this.client.request(operation, parameters, { method: 'POST' });
    } catch (error) {
      if (error.data?.Code === undefined) throw error;
      const { Code: code, Message: message, RequestId: requestId } = error.data;
      const status = error.entry.response.statusCode;
      throw new Refusal({ code, message, status, requestId, data: error.data });
    }
  }
}

export const SPEAKERS = [Current, Older];
