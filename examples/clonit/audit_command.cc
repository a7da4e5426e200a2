// keys audit.

#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "support/times.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::AuditEntry;
using clone_auth::JsonWriter;
using clone_auth::RestClient;
using clone_auth::Result;

Result<std::vector<AuditEntry>> AllRows(RestClient& client,
                                        const std::string& key_id) {
  std::vector<AuditEntry> rows;
  for (int number = 1;; ++number) {
    auto page = client.ListAudit(key_id, number);
    if (!page.ok()) return page.status();
    for (AuditEntry& row : page->results) rows.push_back(std::move(row));
    if (page->next.empty() || page->results.empty()) return rows;
  }
}

void PrintForPrograms(const std::vector<AuditEntry>& rows, Output& out) {
  JsonWriter json;
  json.BeginObject().Name("audit").BeginArray();
  for (const AuditEntry& row : rows) {
    json.BeginObject().Name("sequence").Int(row.sequence);
    json.Name("time").String(row.time).Name("action").String(row.action);
    json.Name("key");
    if (row.key.empty()) {
      json.Null();
    } else {
      json.String(row.key);
    }
    json.Name("actor").String(row.actor).Name("address").String(row.address);
    json.Name("detail").String(row.detail).EndObject();
  }
  json.EndArray().EndObject();
  out.Print(json);
}

/// "3 h ago"; as it came where it is no time.
std::string Ago(const std::string& time) {
  const auto parsed = console::ParseTime(time);
  return parsed ? console::Distance(*parsed, clone_auth::SystemClock().Now())
                : time;
}

}  // namespace

ExitCode Commands::AuditKeys(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  const auto rows = AllRows(*opened->client, options.key_id);
  WarnOfLostSession(*opened, out);
  if (!rows.ok()) return out.Fail(rows.status());
  if (out.json()) {
    PrintForPrograms(*rows, out);
    return ExitCode::kOk;
  }
  Table table{
      {{"WHEN", false}, {"WHAT", false}, {"KEY"}, {"BY"}, {"FROM"}, {"DETAIL"}},
      {}};
  for (const AuditEntry& row : *rows) {
    table.rows.push_back({Ago(row.time), row.action, row.key, row.actor,
                          row.address, row.detail});
  }
  if (table.rows.empty()) {
    out.Note("nothing happened yet");
  } else {
    out.Print(table);
  }
  return ExitCode::kOk;
}

}  // namespace clonit
