// npm's jose behind the lines that jwt-lines reads too: {"op":"sign","alg",
// "claims","typ"} makes {"token","jwk"}, with one key for each algorithm;
// {"op":"verify","token","alg","jwk","iss","aud","typ"} makes
// {"ok":true,"claims"} or {"ok":false,"reason"}.

import * as jose from 'jose'
import { createInterface } from 'node:readline'

const keys = new Map()

async function keyOf(alg) {
  if (!keys.has(alg)) {
    const options = { extractable: true }
    if (alg.startsWith('HS')) {
      const key = await jose.generateSecret(alg, options)
      keys.set(alg, { privateKey: key, publicKey: key })
    } else {
      keys.set(alg, await jose.generateKeyPair(alg, options))
    }
  }
  return keys.get(alg)
}

async function sign({ alg, claims, typ }) {
  const { privateKey, publicKey } = await keyOf(alg)
  const token = await new jose.SignJWT(claims)
    .setProtectedHeader({ alg, typ, kid: 'jose' })
    .sign(privateKey)
  const jwk = await jose.exportJWK(publicKey)
  return { token, jwk: { ...jwk, kid: 'jose', alg, use: 'sig' } }
}

async function verify({ token, alg, jwk, iss, aud, typ }) {
  try {
    const key = await jose.importJWK(jwk, alg)
    const { payload } = await jose.jwtVerify(token, key, {
      algorithms: [alg],
      issuer: iss,
      audience: aud,
      typ
    })
    return { ok: true, claims: payload }
  } catch (error) {
    return { ok: false, reason: error.code ?? String(error) }
  }
}

const operations = { sign, verify }
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  console.log(JSON.stringify(await operations[request.op](request)))
}
