#include <string>
#include <utility>

#include "clone/json.h"
#include "service/handlers.h"
#include "service/key_answers.h"
#include "service/pages.h"
#include "service/responses.h"
#include "service/time_text.h"

namespace clone_auth::service {
namespace {

void WriteRecord(const AuditRecord& record, JsonWriter& body) {
  body.BeginObject().Name("sequence").Int(record.sequence);
  body.Name("time").String(ToText(record.when));
  body.Name("action").String(record.action);
  WriteIdOrNull(body, "key", record.key);
  body.Name("actor").String(record.actor);
  body.Name("address").String(record.address);
  body.Name("detail").String(record.detail).EndObject();
}

HttpResponse ListPage(const Context& context, const Call& call,
                      AuditQuery query, const std::string& path) {
  const PageRequest page = ReadPage(call.request.target);
  query.offset = page.offset();
  query.limit = page.size;
  if (page.number == 0) return *MissingPage(page, 0);
  const auto found = context.store->ListAudit(query);
  if (!found.ok()) return ErrorAnswer(found.status());
  if (auto missing = MissingPage(page, found->count)) {
    return *std::move(missing);
  }
  JsonWriter body;
  BeginPage(context, path, page, found->count, body);
  body.BeginArray();
  for (const AuditRecord& record : found->rows) WriteRecord(record, body);
  return JsonAnswer(200, body.EndArray().EndObject().Take());
}

}  // namespace

HttpResponse ListAudit(const Context& context, const Call& call) {
  // It tells of the account's own keys as well.
  if (IsOrganizationKey(*call.principal)) {
    return ErrorAnswer(Status(Reason::kPermissionDenied));
  }
  AuditQuery query;
  query.account = call.principal->subject();
  return ListPage(context, call, query, "/api/auth/keys/audit/");
}

HttpResponse ListKeyAudit(const Context& context, const Call& call) {
  const auto key = FindVisibleKey(context, call);
  if (!key.ok()) return ErrorAnswer(key.status());
  AuditQuery query;
  query.key = call.id;
  return ListPage(context, call, query,
                  "/api/auth/keys/" + call.id.ToString() + "/audit/");
}

}  // namespace clone_auth::service
