/* From C: makes an API key and shows the header that carries it.
   cc hello.c -o hello $(pkg-config --cflags --libs clone_auth) */
#include <stdio.h>
#include <string.h>

#include "clone/c.h"

int main(void) {
  const char* url = "https://api.example.com/me";
  clone_auth_scheme* ours = NULL;
  clone_auth_api_key* key = NULL;
  clone_auth_credential* sent = NULL;
  clone_auth_string *text = NULL, *name = NULL, *value = NULL;
  clone_auth_error* why = NULL;
  const int failed =
      clone_auth_scheme_create_default(&ours, &why) ||
      clone_auth_api_key_generate(ours, CLONE_AUTH_KIND_USER, &key, &why) ||
      clone_auth_api_key_text(key, &text, &why) ||
      clone_auth_credential_parse(ours, clone_auth_string_data(text),
                                  clone_auth_string_size(text), &sent, &why) ||
      clone_auth_credential_bind(sent, url, strlen(url), &why) ||
      clone_auth_credential_header_for(sent, "GET", 3, url, strlen(url), &name,
                                       &value, &why);
  if (failed) return puts(clone_auth_error_message(why)), 1;
  printf("%s: %.19s...\n", clone_auth_string_data(name),
         clone_auth_string_data(value));
  clone_auth_string_free(value), clone_auth_string_free(name);
  clone_auth_credential_free(sent), clone_auth_string_free(text);
  clone_auth_api_key_free(key), clone_auth_scheme_free(ours);
}
