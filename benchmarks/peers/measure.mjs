// What the programs for Node share.

import { readFileSync } from 'node:fs'

const [folder, seconds] = process.argv.slice(2)

// As measure.h; calls that give a promise are awaited one by one.
export async function measure(operation, algorithm, call) {
  const waits = call() instanceof Promise
  for (let count = 1; ; count *= 2) {
    const began = process.cpuUsage()
    if (waits) for (let i = 0; i < count; ++i) await call()
    else for (let i = 0; i < count; ++i) call()
    const { user, system } = process.cpuUsage(began)
    if (user + system >= Number(seconds) * 1e6) {
      const nanoseconds = ((user + system) / count) * 1e3
      console.log(operation, algorithm, nanoseconds.toFixed(1))
      return
    }
  }
}

export const read = (name, suffix) =>
  readFileSync(`${folder}/${name}.${suffix}`, 'utf8')
export const claims = JSON.parse(read('claims', 'json'))
export const issuer = 'https://auth.example.com'
export const audience = 'https://api.example.com'
export const header = { typ: 'JWT', kid: '2026-01' }
