/*
 * How processes that share one stored session rotate its refresh token, and
 * that no crash, lost message or late message costs them the session.
 *
 * Three processes, one store, one server. To refresh, a process takes the
 * lock, which the kernel frees when it dies; reads the store and, where that
 * holds a newer token, goes on with it; else stores the Idempotency-Key of
 * its request, or takes the one that is stored with the token already; sends
 * both; stores the successor; and only then uses that and lets go. The server
 * accepts a token until its successor is presented, the second time only with
 * the key of the first; whatever else is presented of the past ends the
 * family. (Servers also accept it from anybody for 10 s. Nothing here relies
 * on that, so it is left out.)
 *
 * A process may die between any two steps and begins anew from the store; it
 * may give up waiting for an answer at any time. What it sent then is lost
 * before or after the server, or comes late: but no later than a successor is
 * presented. A request lives for seconds, and a token is not refreshed sooner
 * than a minute after it came.
 *
 * What is searched for: a family that ended, a store that nobody could go on
 * from if all processes died now, and a process that is stuck. Without
 *   -DNO_LOCK           two processes are in an exchange at once
 *   -DNO_JOURNAL        a request is repeated under another key
 *   -DNO_KEEPING_FIRST  a successor is used before it is stored
 * the family ends. By hand, in a folder for what is made:
 *   spin -a refresh_token_rotation.pml && gcc -O2 -DSAFETY -o pan pan.c
 *   ./pan -m100000
 * and for the way to an error:
 *   spin -t -p -g refresh_token_rotation.pml
 */

#define PROCESSES 3
#define CRASHES 5 /* of all processes together */
#define LAST 5    /* the token with which the run is over */
#define NONE 255

/* Tokens are numbers, each the successor of the one before. */
typedef Request {
  byte token = NONE;
  byte key
};

/* On the disk: the token, and the key of its first request, 0 before that. */
byte stored_token = 0;
byte stored_key = 0;

byte holder = NONE; /* of the lock */

/* At the server: the token that was not presented yet, and the key with which
   its predecessor was. */
byte newest = 0;
byte accepted_key = 0;
bool family_lives = true;

/* On the way: what each process waits for, and what nobody waits for. */
Request request[PROCESSES];
byte answer[PROCESSES] = NONE;
Request late;

byte keys = 0; /* given out so far; each is another number */
byte crashes = 0;

mtype = { starts, rests, has_lock, has_read, has_key, waits, has_successor,
          has_stored };

/* Where a part of the protocol is left out, the first risk would hide what it
   leads to: there the end of the family alone counts. */
inline CheckThatAllCanGoOn() {
#if !defined(NO_LOCK) && !defined(NO_JOURNAL) && !defined(NO_KEEPING_FIRST)
  assert(stored_token == newest ||
         (stored_token + 1 == newest && stored_key != 0 &&
          stored_key == accepted_key));
#endif
  skip
}

inline Present(presented, with_key) {
  if
  :: presented == newest ->
     newest++;
     accepted_key = with_key
  :: presented + 1 == newest && with_key == accepted_key
  :: else -> family_lives = false
  fi;
  assert(family_lives);
  CheckThatAllCanGoOn()
}

inline Store(kept, with_key) {
  stored_token = kept;
  stored_key = with_key;
  CheckThatAllCanGoOn()
}

inline NewKey() {
  keys++;
  key = keys
}

/* What is late by now either came or never will. */
inline Send() {
  if
  :: late.token != NONE && late.token < token ->
     late.token = NONE;
     late.key = 0
  :: else
  fi;
  request[_pid].token = token;
  request[_pid].key = key
}

/* Nobody waits for it any more. Is it lost, or late? */
inline Abandon() {
  if
  :: request[_pid].token != NONE ->
     late.token = request[_pid].token;
     late.key = request[_pid].key
  :: true
  fi;
  request[_pid].token = NONE;
  request[_pid].key = 0;
  answer[_pid] = NONE
}

inline LetGo() {
  if
  :: holder == _pid -> holder = NONE
  :: else
  fi
}

inline Forget() {
  key = 0;
  successor = 0
}

active [PROCESSES] proctype Process() {
  byte token = 0;
  byte key = 0;
  byte successor = 0;
  mtype at = starts;

  do
  :: atomic { at == starts -> token = stored_token; at = rests }
  :: atomic { at == rests && token == LAST -> break }
#ifdef NO_LOCK
  :: atomic { at == rests && token < LAST -> at = has_lock }
#else
  :: atomic {
       at == rests && token < LAST && holder == NONE ->
       holder = _pid;
       at = has_lock
     }
#endif
  :: atomic {
       at == has_lock ->
       if
       :: stored_token > token ->
          token = stored_token;
          at = has_stored
       :: stored_token == token ->
          key = stored_key;
          at = has_read
       :: else -> at = has_read
       fi
     }
  :: atomic {
       at == has_read ->
       if
       :: key == 0 ->
          NewKey();
#ifndef NO_JOURNAL
          Store(token, key)
#endif
       :: else
       fi;
       at = has_key
     }
  :: atomic { at == has_key -> Send(); at = waits }
  :: atomic { at == waits -> Abandon(); Forget(); LetGo(); at = rests }
  :: atomic {
       at == waits && answer[_pid] != NONE ->
       successor = answer[_pid];
       answer[_pid] = NONE;
       at = has_successor
     }
#ifdef NO_KEEPING_FIRST
  :: atomic {
       at == has_successor && successor < LAST ->
       token = successor;
       NewKey();
       at = has_key
     }
#endif
  :: atomic {
       at == has_successor ->
       Store(successor, 0);
       token = successor;
       at = has_stored
     }
  :: atomic { at == has_stored -> Forget(); LetGo(); at = rests }
  :: atomic {
       at != starts && crashes < CRASHES ->
       crashes++;
       Abandon();
       Forget();
       LetGo();
       token = 0;
       at = starts
     }
  od
}

inline Answer(id) {
  Present(request[id].token, request[id].key);
  answer[id] = newest;
  request[id].token = NONE;
  request[id].key = 0
}

active proctype Server() {
end:
  do
  :: atomic { request[0].token != NONE -> Answer(0) }
  :: atomic { request[1].token != NONE -> Answer(1) }
  :: atomic { request[2].token != NONE -> Answer(2) }
  :: atomic { late.token != NONE -> Present(late.token, late.key) }
  od
}
