// fast-jwt, without its cache and, as `hit`, with it.

import { createSigner, createVerifier } from 'fast-jwt'
import { audience, claims, header, issuer, measure, read } from './measure.mjs'

for (const alg of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
  const token = read(alg, 'token')
  const options = {
    key: read(alg, 'pub'),
    algorithms: [alg],
    allowedIss: issuer,
    allowedAud: audience
  }
  const verify = createVerifier(options)
  const cached = createVerifier({ ...options, cache: true })
  const sign = createSigner({ key: read(alg, 'key'), algorithm: alg, header })
  await measure('verify', alg, () => verify(token))
  await measure('hit', alg, () => cached(token))
  await measure('sign', alg, () => sign(claims))
}
