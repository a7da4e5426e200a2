// What the programs for Node share.

import { readFileSync } from 'node:fs'

const [folder, seconds] = process.argv.slice(2)

async function run(call, count) {
  const waits = call() instanceof Promise
  const began = process.cpuUsage()
  if (waits) for (let i = 0; i < count; ++i) await call()
  else for (let i = 0; i < count; ++i) call()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}

// As measure.h, but after six times as long: V8 compiles in the background
// what runs hot, and that is no part of a call. Promises are awaited one by
// one.
export async function measure(operation, algorithm, call) {
  let calls = 0
  let spent = 0
  for (let count = 1; spent < 6 * Number(seconds); count *= 2) {
    spent += await run(call, count)
    calls += count
  }
  const count = Math.ceil((calls * Number(seconds)) / spent)
  const took = await run(call, count)
  console.log(operation, algorithm, ((took / count) * 1e9).toFixed(1))
}

export const read = (name, suffix) =>
  readFileSync(`${folder}/${name}.${suffix}`, 'utf8')
export const claims = JSON.parse(read('claims', 'json'))
export const issuer = 'https://auth.example.com'
export const audience = 'https://api.example.com'
export const header = { typ: 'JWT', kid: '2026-01' }
