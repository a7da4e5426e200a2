#pragma once

// The version of this tree, in the only place where it is written: CMake, the
// package config and pkg-config read it from here.

#define CLONE_AUTH_VERSION_MAJOR 0
#define CLONE_AUTH_VERSION_MINOR 1
#define CLONE_AUTH_VERSION_PATCH 0
