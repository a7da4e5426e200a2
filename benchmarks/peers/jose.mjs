// jose, each call awaited before the next one, with keys that were read once.

import * as jose from 'jose'
import { audience, claims, header, issuer, measure, read } from './measure.mjs'

async function keysOf(name) {
  if (name === 'HS256') {
    const key = await jose.importJWK(JSON.parse(read(name, 'jwk')), name)
    return [key, key]
  }
  return [
    await jose.importPKCS8(read(name, 'key'), name),
    await jose.importSPKI(read(name, 'pub'), name)
  ]
}

for (const alg of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
  const [privateKey, publicKey] = await keysOf(alg)
  const token = read(alg, 'token')
  const options = { algorithms: [alg], issuer, audience, typ: 'JWT' }
  await measure('verify', alg, () => jose.jwtVerify(token, publicKey, options))
  await measure('sign', alg, () =>
    new jose.SignJWT(claims)
      .setProtectedHeader({ alg, ...header })
      .sign(privateKey)
  )
}
