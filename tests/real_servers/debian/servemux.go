// Go's net/http alone: a ServeMux, and a function around the handler.
package main

import (
	"crypto/subtle"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
)

var token = []byte("Bearer " + os.Getenv("API_TOKEN"))
var webhooks = map[string]json.RawMessage{}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, message string) {
	text := http.StatusText(status)
	answer(w, status, map[string]any{"statusCode": status, "error": text, "message": message})
}

func signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), token) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "A valid token is required.")
			return
		}
		next(w, r)
	}
}

func findWebhook(w http.ResponseWriter, r *http.Request) {
	instance, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v2/instance/"), "/")
	if rest != "webhook" {
		refuse(w, http.StatusNotFound, "There is nothing here.")
	} else if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "Only GET is known here.")
	} else if items, known := webhooks[instance]; known {
		answer(w, http.StatusOK, items)
	} else {
		answer(w, http.StatusOK, []any{})
	}
}

func main() {
	text, err := os.ReadFile(os.Getenv("WEBHOOKS"))
	if err == nil {
		err = json.Unmarshal(text, &webhooks)
	}
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/api/v2/instance/", signedIn(findWebhook))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
