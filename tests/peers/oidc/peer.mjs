// oidc-provider on loopback: refresh tokens are rotated, and a used one that
// comes again ends the grant. It knows no Idempotency-Key.
//   --port N          0, the default: a free one
//   --interval S      between the polls of a device; 1 by default
//   --code-life S     of a device's code; 600 by default
//   --token-life S    of an access token; 3600 by default
//   --storage FILE    outlives the process; by default nothing does
// Only where the real thing has no other way:
//   POST /_sign_in  tokens as after a sign-in, without the browser
//   GET /_counts    {"granted": n, "refused": n} of all grants, {"polls": n,
//                   "early": n} of devices, {"requests": {path: n}}
import http from 'node:http';
import { parseArgs } from 'node:util';
import { Provider, errors } from 'oidc-provider';
import { devicePages, interact } from './pages.mjs';
import { Storage } from './storage.mjs';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPE = 'openid offline_access';
const SECRET = 'a secret of 32 characters or more';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    interval: { type: 'string', default: '1' },
    'code-life': { type: 'string', default: '600' },
    'token-life': { type: 'string', default: '3600' },
    storage: { type: 'string' },
  },
});
const interval = Number(options.interval);
const counts = { granted: 0, refused: 0, polls: 0, early: 0, requests: {} };
const storage = new Storage(options.storage);
let provider;

const native = {
  token_endpoint_auth_method: 'none', application_type: 'native',
  // Any port of it (RFC 8252 section 7.3).
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
};
const confidential = {
  client_secret: SECRET, redirect_uris: ['https://client.example/callback'],
  response_types: ['code'],
  grant_types: [...native.grant_types, 'client_credentials'],
};
const clients = [
  { client_id: 'native', ...native },
  {
    client_id: 'browser-only', ...native,
    grant_types: ['authorization_code', 'refresh_token'],
  },
  {
    client_id: 'basic', ...confidential,
    token_endpoint_auth_method: 'client_secret_basic',
  },
  {
    client_id: 'post', ...confidential,
    token_endpoint_auth_method: 'client_secret_post',
  },
];

// A resource is any URL but for two paths, which say why it is none; its tokens
// are JWTs (RFC 9068).
async function resourceServer(_, resource) {
  const { pathname } = new URL(resource);
  if (pathname === '/unknown') throw new errors.InvalidTarget();
  if (pathname === '/reserved') throw new errors.UnauthorizedClient();
  return {
    scope: 'read write', audience: resource, accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
}

const configuration = {
  clients,
  adapter: storage.adapter(),
  jwks: { keys: storage.keys },
  scopes: [...SCOPE.split(' '), 'profile', 'email'],
  claims: {
    openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'],
  },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({
      sub: id, name: id, email: `${id}@example.test`, email_verified: true,
    }),
  }),
  responseTypes: ['code'],
  rotateRefreshToken: true,
  issueRefreshToken: async (_, client) => (
    client.grantTypeAllowed('refresh_token')),
  expiresWithSession: async () => false,
  ttl: {
    AccessToken: Number(options['token-life']), RefreshToken: 86400,
    Grant: 86400, IdToken: 300, DeviceCode: Number(options['code-life']),
    AuthorizationCode: 60, ClientCredentials: Number(options['token-life']),
    Interaction: 600, Session: 86400,
  },
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true, ...devicePages },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true, defaultResource: async () => undefined,
      useGrantedResource: async () => true,
      getResourceServerInfo: resourceServer,
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['signs what nobody forges here'] },
  renderError: async (ctx, error) => { ctx.type = 'json'; ctx.body = error; },
};

// oidc-provider has a class for slow_down, but no clock of polls, and names no
// interval.
const polls = new Map();

function comesEarly(deviceCode) {
  const now = performance.now();
  const poll = polls.get(deviceCode)
    ?? { wait: interval * 1000, at: -Infinity };
  const early = now - poll.at < poll.wait;
  polls.set(deviceCode, { wait: poll.wait + (early ? 5000 : 0), at: now });
  counts.polls += 1;
  counts.early += early ? 1 : 0;
  return early;
}

async function keepInterval(ctx, next) {
  counts.requests[ctx.path] = (counts.requests[ctx.path] ?? 0) + 1;
  if (ctx.method === 'POST' && ctx.path === '/token') {
    ctx.req.body = '';
    for await (const piece of ctx.req) ctx.req.body += piece;
    const form = new URLSearchParams(ctx.req.body);
    const code = form.get('device_code');
    if (form.get('grant_type') === DEVICE_CODE && code && comesEarly(code)) {
      const { error, error_description: text } = new errors.SlowDown();
      ctx.status = 400;
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { error, error_description: text };
      return;
    }
  }
  await next();
  if (ctx.path === '/device/auth' && ctx.body?.device_code) {
    ctx.body = { ...ctx.body, interval };
  }
}

async function signIn() {
  const client = await provider.Client.find('native');
  const grant = new provider.Grant({ accountId: 'alice', clientId: 'native' });
  grant.addOIDCScope(SCOPE);
  const common = {
    accountId: 'alice', client, grantId: await grant.save(), scope: SCOPE,
    gty: 'authorization_code', authTime: Math.floor(Date.now() / 1000),
  };
  return {
    access_token: await new provider.AccessToken(common).save(),
    refresh_token: await new provider.RefreshToken(
      { ...common, rotations: 0 }).save(),
  };
}

const server = http.createServer(async (request, response) => {
  const answer = (value) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (request.url === '/_sign_in') return answer(await signIn());
  if (request.url === '/_counts') return answer(counts);
  if (request.url.startsWith('/interaction/')) {
    return interact(provider, request, response).catch((error) => {
      response.writeHead(400).end(error.message);
    });
  }
  return provider.callback()(request, response);
});

server.listen(Number(options.port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, configuration);
  provider.use(keepInterval);
  provider.on('grant.success', () => { counts.granted += 1; });
  provider.on('grant.error', () => { counts.refused += 1; });
  provider.on('server_error', (_, error) => console.error(error));
  console.log(`listening on ${issuer}`);
});
