#pragma once

/* A request and its answer with libcurl's easy interface, from C. Redirects
   stay off, as they are by default: a credential would follow them. */

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct text {
  char* data;
  size_t size;
};

struct answer {
  int status; /* 0: there was none */
  struct text headers, body;
};

static size_t append_text(char* data, size_t one, size_t size, void* to) {
  struct text* text = to;
  char* grown = realloc(text->data, text->size + size + 1);
  (void)one; /* is 1 */
  if (grown == NULL) return 0;
  memcpy(grown + text->size, data, size);
  text->data = grown;
  text->size += size;
  grown[text->size] = '\0';
  return size;
}

/* Sends a POST with this body, or a GET where it is NULL; ends `fields`. */
static void exchange(const char* url, const char* body,
                     struct curl_slist* fields, struct answer* answer) {
  CURL* easy = curl_easy_init();
  long status = 0;
  memset(answer, 0, sizeof *answer);
  append_text("", 1, 0, &answer->headers);
  append_text("", 1, 0, &answer->body);
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
  if (body != NULL) curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, append_text);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &answer->headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append_text);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer->body);
  if (curl_easy_perform(easy) == CURLE_OK) {
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  }
  answer->status = (int)status;
  curl_easy_cleanup(easy);
  curl_slist_free_all(fields);
}

static void end_answer(struct answer* answer) {
  free(answer->headers.data);
  free(answer->body.data);
}

/* A copy of the text after `name":"`, for tokens; a JSON reader does better. */
static char* copy_member(const char* json, const char* name) {
  const char* found = strstr(json, name);
  size_t size;
  char* copy;
  if (found == NULL) return NULL;
  found += strlen(name) + strlen("\":\"");
  size = strcspn(found, "\"");
  copy = calloc(size + 1, 1);
  return copy == NULL ? NULL : memcpy(copy, found, size);
}
