// better-auth with its plug-in for API keys, as its documentation sets them up:
// GET /me verifies the key and answers with its owner. The database is in
// memory and the limit of requests is off, both to its advantage. Prints a key
// and where it listens.
import http from "node:http";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import Database from "better-sqlite3";

const database = new Database(":memory:");
const auth = betterAuth({
  baseURL: "http://127.0.0.1",
  secret: "only for one run of a benchmark, and of 32 characters",
  database,
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
  telemetry: { enabled: false },
});
await (await getMigrations(auth.options)).runMigrations();
const { user } = await auth.api.signUpEmail({
  body: { email: "bench@example.com", password: "only for one run",
          name: "bench" },
});
const { key } = await auth.api.createApiKey({
  body: { userId: user.id, name: "bench" },
});
const findUser = database.prepare("SELECT id, email FROM user WHERE id = ?");

async function me(request, response) {
  const { valid, key: record } = await auth.api.verifyApiKey({
    body: { key: request.headers["x-api-key"] ?? "" },
  });
  const body = JSON.stringify(
    valid ? findUser.get(record.referenceId ?? record.userId)
          : { detail: "no such key" });
  response.writeHead(valid ? 200 : 401, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

const server = http.createServer((request, response) => {
  me(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  console.log(`key ${key}`);
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
