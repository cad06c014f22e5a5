package auth

import (
	"net/http"

	"beside/broker/internal/secret"
)

// The cookie's name tells how it travels: __Host- makes the browser insist on
// Secure and on this very host (RFC 6265bis §4.1.3), which plain http on
// loopback cannot have.
const (
	secureCookie = "__Host-beside"
	plainCookie  = "beside"
)

// Cookie is the cookie that signs a browser in.
func Cookie(value secret.Text, secure bool) *http.Cookie {
	// #nosec G124 -- Secure wherever there is TLS (TestCookieNames)
	return &http.Cookie{
		Name: cookieName(secure), Value: value.Reveal(), Path: "/", MaxAge: int(CookieLife.Seconds()),
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	}
}

// DepartureCookie is the cookie that knows a browser again when the single
// sign-on sends it back.
func DepartureCookie(value secret.Text, secure bool) *http.Cookie {
	// #nosec G124 -- as Cookie
	c := Cookie(value, secure)
	c.Name += departureSuffix
	c.MaxAge = int(providerLife.Seconds())
	return c
}

// ReadDeparture returns that cookie's value; empty when there is none.
func ReadDeparture(r *http.Request, secure bool) secret.Text {
	c, err := r.Cookie(cookieName(secure) + departureSuffix)
	if err != nil {
		return secret.Text{}
	}
	return secret.New(c.Value)
}

const departureSuffix = "-signin"

// NoCookie is the cookie that signs it out.
func NoCookie(secure bool) *http.Cookie {
	// #nosec G124 -- as Cookie
	c := Cookie(secret.Text{}, secure)
	c.MaxAge = -1
	return c
}

// ReadCookie returns the cookie's value; empty when there is none.
func ReadCookie(r *http.Request, secure bool) secret.Text {
	c, err := r.Cookie(cookieName(secure))
	if err != nil {
		return secret.Text{}
	}
	return secret.New(c.Value)
}

func cookieName(secure bool) string {
	if secure {
		return secureCookie
	}
	return plainCookie
}
