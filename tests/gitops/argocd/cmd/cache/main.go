// Command cache is Argo CD's Redis: a cache that is in memory, and gone when it ends. Its one argument is the address.
package main

import (
	"log"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func main() {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	// Its clock stands still unless it is moved, and what is cached would never be old.
	for range time.Tick(time.Second) {
		server.FastForward(time.Second)
	}
}
