/* Loads the library and prints what that cost, as "name value" lines: time,
   resident memory, threads and sockets. Itself it links libc only. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long resident_kib(void) {
  long size = 0, resident = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2) return -1;
  fclose(file);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* How many entries of a folder link to a name with this part; NULL: any. */
static int entries(const char* folder, const char* part) {
  char path[512], target[256];
  int count = 0;
  const struct dirent* entry;
  DIR* open = opendir(folder);
  while (open != NULL && (entry = readdir(open)) != NULL) {
    ssize_t size;
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    size = readlink(path, target, sizeof target - 1);
    target[size > 0 ? size : 0] = '\0';
    if (part == NULL || strstr(target, part) != NULL) ++count;
  }
  closedir(open);
  return count;
}

/* Loads, uses and unloads the library, and prints what it left behind. */
static int load_again(const char* name, int times) {
  const long before = resident_kib();
  int i;
  for (i = 0; i < times; ++i) {
    const char* word = NULL;
    const char* text = NULL;
    const char* remedy = NULL;
    int code = 0;
    int (*reason_at)(size_t, int*, const char**, const char**, const char**,
                     void**);
    void* library = dlopen(name, RTLD_NOW);
    if (library == NULL) return 0;
    *(void**)&reason_at = dlsym(library, "clone_auth_reason_at");
    if (reason_at(0, &code, &word, &text, &remedy, NULL) != 0) return 0;
    if (dlclose(library) != 0) return 0;
  }
  printf("left_kib_after_%d %ld\n", times, resident_kib() - before);
  return 1;
}

int main(int argc, char** argv) {
  struct timespec from, to;
  const char* (*version)(void);
  void* library;
  long before = resident_kib();
  if (argc != 2) return 2;
  clock_gettime(CLOCK_MONOTONIC, &from);
  library = dlopen(argv[1], RTLD_NOW);
  clock_gettime(CLOCK_MONOTONIC, &to);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  *(void**)&version = dlsym(library, "clone_auth_version");
  if (version == NULL || version()[0] == '\0') return 1;
  printf("load_us %ld\n", (long)(to.tv_sec - from.tv_sec) * 1000000 +
                              (to.tv_nsec - from.tv_nsec) / 1000);
  printf("resident_kib %ld\n", resident_kib() - before);
  printf("threads %d\n", entries("/proc/self/task", NULL));
  printf("sockets %d\n", entries("/proc/self/fd", "socket:"));
  if (dlclose(library) != 0) return 1;
  return load_again(argv[1], 20) && load_again(argv[1], 200) ? 0 : 1;
}
