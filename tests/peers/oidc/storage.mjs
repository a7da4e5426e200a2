// What the peer remembers: oidc-provider's adapter over a map. With a file it
// outlives the process; without, a restart forgets every code and token.
import fs from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: '1',
  };
}

export class Storage {
  constructor(file) {
    this.file = file;
    const kept = file && fs.existsSync(file)
      ? JSON.parse(fs.readFileSync(file))
      : { keys: [signingKey()], entries: [] };
    this.keys = kept.keys;
    this.entries = new Map(kept.entries);
    this.changed();
  }

  changed() {
    if (!this.file) return;
    fs.writeFileSync(`${this.file}.new`, JSON.stringify(
      { keys: this.keys, entries: [...this.entries] }), { mode: 0o600 });
    fs.renameSync(`${this.file}.new`, this.file);
  }

  adapter() {
    const storage = this;
    return class {
      constructor(model) { this.prefix = `${model}:`; }

      async upsert(id, payload) {
        storage.entries.set(this.prefix + id, payload);
        storage.changed();
      }

      async find(id) { return storage.entries.get(this.prefix + id); }

      async findBy(name, value) {
        for (const [key, payload] of storage.entries) {
          if (key.startsWith(this.prefix) && payload[name] === value) {
            return payload;
          }
        }
        return undefined;
      }

      async findByUid(uid) { return this.findBy('uid', uid); }

      async findByUserCode(code) { return this.findBy('userCode', code); }

      async consume(id) {
        storage.entries.get(this.prefix + id).consumed = Math.floor(
          Date.now() / 1000);
        storage.changed();
      }

      async destroy(id) {
        storage.entries.delete(this.prefix + id);
        storage.changed();
      }

      async revokeByGrantId(grantId) {
        for (const [key, payload] of storage.entries) {
          if (payload.grantId === grantId) storage.entries.delete(key);
        }
        storage.changed();
      }
    };
  }
}
