// jsonwebtoken, with keys that were read once. It has no EdDSA.

import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { audience, claims, header, issuer, measure, read } from './measure.mjs'

for (const alg of ['HS256', 'RS256', 'ES256']) {
  const shared = alg === 'HS256'
  const privateKey = shared
    ? createSecretKey(read(alg, 'key'), 'utf8')
    : createPrivateKey(read(alg, 'key'))
  const publicKey = shared ? privateKey : createPublicKey(read(alg, 'pub'))
  const token = read(alg, 'token')
  const options = { algorithms: [alg], issuer, audience }
  await measure('verify', alg, () => jwt.verify(token, publicKey, options))
  await measure('sign', alg, () =>
    jwt.sign(claims, privateKey, { algorithm: alg, header })
  )
}
