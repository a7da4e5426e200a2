// golang-jwt 4, with keys that were read once.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/golang-jwt/jwt"
)

func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// As measure.h.
func measure(operation, algorithm string, seconds float64, call func() bool) {
	for count := 1; ; count *= 2 {
		began := cpu()
		for i := 0; i < count; i++ {
			if !call() {
				panic(operation + " " + algorithm + " failed")
			}
		}
		took := cpu() - began
		if took.Seconds() >= seconds {
			fmt.Printf("%s %s %.1f\n", operation, algorithm,
				float64(took.Nanoseconds())/float64(count))
			return
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func keys(name string, private, public []byte) (interface{}, interface{}) {
	switch name {
	case "RS256":
		return must(jwt.ParseRSAPrivateKeyFromPEM(private)),
			must(jwt.ParseRSAPublicKeyFromPEM(public))
	case "ES256":
		return must(jwt.ParseECPrivateKeyFromPEM(private)),
			must(jwt.ParseECPublicKeyFromPEM(public))
	case "EdDSA":
		return must(jwt.ParseEdPrivateKeyFromPEM(private)),
			must(jwt.ParseEdPublicKeyFromPEM(public))
	}
	return private, public
}

func main() {
	folder := os.Args[1]
	seconds := must(strconv.ParseFloat(os.Args[2], 64))
	read := func(name string) []byte {
		return must(os.ReadFile(filepath.Join(folder, name)))
	}
	claims := jwt.MapClaims{}
	if err := json.Unmarshal(read("claims.json"), &claims); err != nil {
		panic(err)
	}
	for _, name := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		private, public := keys(name, read(name+".key"), read(name+".pub"))
		token := string(read(name + ".token"))
		parser := jwt.NewParser(jwt.WithValidMethods([]string{name}))
		find := func(*jwt.Token) (interface{}, error) { return public, nil }
		measure("verify", name, seconds, func() bool {
			got := jwt.MapClaims{}
			_, err := parser.ParseWithClaims(token, got, find)
			return err == nil &&
				got.VerifyIssuer("https://auth.example.com", true) &&
				got.VerifyAudience("https://api.example.com", true)
		})
		method := jwt.GetSigningMethod(name)
		measure("sign", name, seconds, func() bool {
			token := jwt.NewWithClaims(method, claims)
			token.Header["typ"] = "JWT"
			token.Header["kid"] = "2026-01"
			_, err := token.SignedString(private)
			return err == nil
		})
	}
}
