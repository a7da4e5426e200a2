#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth::service {

Status SqliteStore::ForEachOpenSession(
    WallTime now, const std::function<void(const Session&)>& visit) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT id, user_id, created_at, expires_at"
                         " FROM sessions"
                         " WHERE ended_at IS NULL AND expires_at > ?1"));
  statement.Bind(now);
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return Status();
    visit(Session{statement.Id(0), statement.Id(1), statement.Time(2),
                  statement.Time(3)});
  }
}

Status SqliteStore::CreateSession(const NewSession& session) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare(
          "INSERT INTO sessions(id, user_id, created_at, expires_at,"
          " refresh_generation, refresh_hash)"
          " SELECT ?1, id, ?4, ?5, 1, ?6 FROM users"
          " WHERE id = ?2 AND generation = ?3 AND enabled = 1"));
  CLONE_AUTH_TRY(statement.Bind(session.session.id)
                     .Bind(session.session.user)
                     .Bind(session.account_generation)
                     .Bind(session.session.created_at)
                     .Bind(session.session.expires_at)
                     .Bind(session.refresh)
                     .Run());
  return database_->Changes() == 1 ? Status() : Status(Reason::kNotFound);
}

// Three cases, told apart by the hash of what was presented (?2):
//   the newest token: its successor becomes the newest;
//   its predecessor, in time (?6) or by the first attempt's key (?4): nothing
//     changes, and the same successor is the answer;
//   anything older, or the predecessor too late: the session ends.
// On the right of "=" and in WHERE stand the values from before.
constexpr char kRotate[] =
    "UPDATE sessions SET"
    " refresh_generation = refresh_generation + (refresh_hash = ?2),"
    " rotated_at = CASE WHEN refresh_hash = ?2 THEN ?5 ELSE rotated_at END,"
    " attempt_hash ="
    "  CASE WHEN refresh_hash = ?2 THEN ?4 ELSE attempt_hash END,"
    " ended_at = CASE WHEN refresh_hash = ?2 OR (previous_hash = ?2"
    "   AND (rotated_at >= ?6 OR attempt_hash = ?4)) THEN NULL ELSE ?5 END,"
    " previous_hash ="
    "  CASE WHEN refresh_hash = ?2 THEN refresh_hash ELSE previous_hash END,"
    " refresh_hash = CASE WHEN refresh_hash = ?2 THEN ?3 ELSE refresh_hash END"
    " WHERE id = ?1 AND ended_at IS NULL AND expires_at > ?5"
    " RETURNING user_id, created_at, expires_at, refresh_generation, ended_at";

Result<Rotated> SqliteStore::Rotate(const Rotation& rotation) {
  const std::lock_guard lock(mutex_);
  return RotateSession(rotation);
}

Result<Rotated> SqliteStore::RotateSession(const Rotation& rotation) {
  Rotated rotated;
  {
    CLONE_AUTH_TRY_ASSIGN(Statement statement, database_->Prepare(kRotate));
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Bind(rotation.session)
                                              .Bind(rotation.presented)
                                              .Bind(rotation.successor)
                                              .BindOptional(rotation.attempt)
                                              .Bind(rotation.now)
                                              .Bind(rotation.grace_start)
                                              .Step());
    if (row) {
      rotated.session = Session{rotation.session, statement.Id(0),
                                statement.Time(1), statement.Time(2)};
      rotated.successor_generation = statement.Int(3);
      rotated.state =
          statement.IsNull(4) ? SessionState::kOpen : SessionState::kReused;
      // The change is only kept once the statement has run to its end.
      CLONE_AUTH_TRY(statement.Run());
      return rotated;
    }
  }
  CLONE_AUTH_TRY_ASSIGN(rotated.state, StateOf(rotation.session, rotation.now));
  return rotated;
}

Result<SessionState> SqliteStore::StateOf(const Uuid& session, WallTime now) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare(
          "SELECT ended_at, expires_at FROM sessions WHERE id = ?1"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Bind(session).Step());
  if (!row) return SessionState::kUnknown;
  if (!statement.IsNull(0)) return SessionState::kEnded;
  return statement.Time(1) > now ? SessionState::kOpen : SessionState::kExpired;
}

Result<SessionState> SqliteStore::EndSession(const Uuid& session,
                                             WallTime now) {
  const std::lock_guard lock(mutex_);
  return EndOneSession(session, now);
}

Result<SessionState> SqliteStore::EndOneSession(const Uuid& session,
                                                WallTime now) {
  {
    CLONE_AUTH_TRY_ASSIGN(
        Statement statement,
        database_->Prepare("UPDATE sessions SET ended_at = ?2 WHERE id = ?1"
                           " AND ended_at IS NULL AND expires_at > ?2"));
    CLONE_AUTH_TRY(statement.Bind(session).Bind(now).Run());
    if (database_->Changes() == 1) return SessionState::kOpen;
  }
  return StateOf(session, now);
}

Result<std::vector<Uuid>> SqliteStore::EndSessionsOf(const Uuid& user,
                                                     WallTime now) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("UPDATE sessions SET ended_at = ?2"
                         " WHERE user_id = ?1 AND ended_at IS NULL"
                         " RETURNING id"));
  statement.Bind(user).Bind(now);
  std::vector<Uuid> ended;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return ended;
    ended.push_back(statement.Id(0));
  }
}

Result<std::vector<Uuid>> SqliteStore::ForgetSessions(WallTime time) {
  const std::lock_guard lock(mutex_);
  // A token that has expired is refused as such.
  CLONE_AUTH_TRY_ASSIGN(
      Statement tokens,
      database_->Prepare("DELETE FROM legacy_tokens WHERE expires_at < ?1"));
  CLONE_AUTH_TRY(tokens.Bind(time).Run());
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("DELETE FROM sessions WHERE expires_at < ?1"
                         " RETURNING id"));
  statement.Bind(time);
  std::vector<Uuid> forgotten;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return forgotten;
    forgotten.push_back(statement.Id(0));
  }
}

}  // namespace clone_auth::service
