#pragma once

/* What the programs in C and C++ share: the time of one call, and the files
 * that world.py wrote. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Prints the nanoseconds of processor time of one call, from the first of ever
 * longer rows of calls that takes `seconds`; those before it warm up. A call
 * that fails, which is one that returns 0, ends the program. */
static void measure(const char* operation, const char* algorithm,
                    double seconds, int (*call)(void* state), void* state) {
  for (long count = 1;; count *= 2) {
    const double began = cpu_seconds();
    for (long i = 0; i < count; ++i) {
      if (!call(state)) {
        fprintf(stderr, "%s %s failed\n", operation, algorithm);
        exit(1);
      }
    }
    const double took = cpu_seconds() - began;
    if (took >= seconds) {
      printf("%s %s %.1f\n", operation, algorithm, took / (double)count * 1e9);
      return;
    }
  }
}

/* The file NAME.SUFFIX of the folder, with a NUL behind it; never freed. */
static char* read_world(const char* folder, const char* name,
                        const char* suffix, size_t* size) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.%s", folder, name, suffix);
  FILE* file = fopen(path, "rb");
  char* text = (char*)malloc(65536);
  if (file == NULL || text == NULL) {
    perror(path);
    exit(1);
  }
  *size = fread(text, 1, 65535, file);
  text[*size] = '\0';
  fclose(file);
  return text;
}
