// oidc-provider on a free port of loopback: refresh tokens are rotated, and a
// used one that comes again ends the grant. It knows no Idempotency-Key.
//   POST /_sign_in  tokens as after a sign-in, without the browser
//   GET /_counts    {"granted": n, "refused": n} of all refreshes
import http from 'node:http';
import { Provider } from 'oidc-provider';

const CLIENT = 'native';
const SCOPE = 'openid offline_access';
const counts = { granted: 0, refused: 0 };
let provider;

async function signIn() {
  const client = await provider.Client.find(CLIENT);
  const grant = new provider.Grant({ accountId: 'alice', clientId: CLIENT });
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
  return provider.callback()(request, response);
});

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT, token_endpoint_auth_method: 'none',
      application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    }],
    scopes: SCOPE.split(' '),
    findAccount: async (_, id) => (
      { accountId: id, claims: async () => ({ sub: id }) }),
    rotateRefreshToken: true,
    expiresWithSession: async () => false,
    ttl: { AccessToken: 3600, RefreshToken: 86400, Grant: 86400, IdToken: 300 },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['of no use here'] },
  });
  provider.on('grant.success', () => { counts.granted += 1; });
  provider.on('grant.error', () => { counts.refused += 1; });
  console.log(`listening on ${issuer}`);
});
