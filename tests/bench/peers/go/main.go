// The operation log as a Go program would show it: net/http on a unix socket, database/sql with prepared statements and
// html/template, compiled once.
//
//	go SOCKET DSN ROWS-A-PAGE
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	_ "embed"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql"
)

var perPage int

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

var operations = []struct{ Code, Text string }{
	{"ASSOCIATED", "Associated"}, {"CHECK_RUN", "Checked the account"}, {"FROZEN", "Froze the account"},
	{"UNFROZEN", "Unfroze the account"}, {"STATEMENT_ACCEPTED", "Accepted the statement"}, {"CODE_SENT", "Sent a code"},
	{"CODE_FAILED", "Entered a wrong code"}, {"CODE_PROVEN", "Verified by code"}, {"REQUEST_SUBMITTED", "Sent a request"},
	{"REQUEST_REJECTED", "Rejected a request"}, {"REQUEST_WITHDRAWN", "Withdrew a request"},
	{"REQUEST_ESCALATED", "Request escalated"}, {"REQUEST_EXPIRED", "Request expired"},
	{"REQUEST_DISMISSED", "Request dismissed"}, {"REQUEST_AGREED", "Agreed to a request"}, {"DISASSOCIATED", "Disassociated"},
}

var navigation = []struct{ Href, Text string }{
	{"/my-partner", "My Partner"}, {"/account", "Account"}, {"/resources", "Resources"}, {"/operation-log", "Operation log"},
	{"/notifications", "Notifications"}, {"/team", "Team"}, {"/contacts", "Contact details"}, {"/preferences", "Preferences"},
	{"/security", "Security"}, {"/help", "Help"},
}

type row struct {
	ID                                                           int64
	At                                                           time.Time
	Operation, User, RequestNo, Result, Remark, ISO, When, Badge string
}

type view struct {
	User, Account, Theme, Csrf, Once, Path, Title, Older string
	Unread                                               int64
	Navigation, Operations                               any
	Rows                                                 []row
}

type server struct{ session, unread, list *sql.Stmt }

func prepare(db *sql.DB, text string) *sql.Stmt {
	stmt, err := db.Prepare(text)
	if err != nil {
		log.Fatal(err)
	}
	return stmt
}

func name(code string) string {
	for _, o := range operations {
		if o.Code == code {
			return o.Text
		}
	}
	return code
}

func mac(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func token(r *http.Request) string {
	for _, c := range r.Cookies() {
		if strings.HasSuffix(c.Name, "-session") {
			return c.Value
		}
	}
	return ""
}

func (s *server) rows(r *http.Request, account int64) ([]row, error) {
	at, id := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), int64(1<<63-1)
	if key := strings.SplitN(r.URL.Query().Get("before"), "_", 2); len(key) == 2 {
		if parsed, err := time.Parse("2006-01-02 15:04:05.000000", key[0]); err == nil {
			at = parsed
			id, _ = strconv.ParseInt(key[1], 10, 64)
		}
	}
	found, err := s.list.Query(account, at, at, id, perPage+1)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := make([]row, 0, perPage+1)
	for found.Next() {
		var w row
		var by string
		if err := found.Scan(&w.ID, &w.At, &w.Operation, &by, &w.User, &w.RequestNo, &w.Result, &w.Remark); err != nil {
			return nil, err
		}
		w.Operation, w.ISO, w.When, w.Badge = name(w.Operation), w.At.Format(time.RFC3339), w.At.Format("2 Jan 2006, 15:04"), "ok"
		if w.Result == "FAILED" || w.Result == "REJECTED" {
			w.Badge = "bad"
		}
		w.Result = w.Result[:1] + strings.ToLower(w.Result[1:])
		rows = append(rows, w)
	}
	return rows, found.Err()
}

func (s *server) log(w http.ResponseWriter, r *http.Request) {
	secret := token(r)
	digest := sha256.Sum256([]byte(secret))
	var user, account int64
	var seen, expires time.Time
	v := view{Path: "/operation-log", Title: "Operation log", Navigation: navigation, Operations: operations}
	err := s.session.QueryRow(digest[:]).Scan(&seen, &expires, &user, &v.User, &v.Theme, &account, &v.Account)
	if err == sql.ErrNoRows || (err == nil && time.Now().After(expires)) {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	if err == nil {
		err = s.unread.QueryRow(user, account).Scan(&v.Unread)
	}
	if err == nil {
		v.Rows, err = s.rows(r, account)
	}
	if err != nil {
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	if len(v.Rows) > perPage {
		v.Rows = v.Rows[:perPage]
		last := v.Rows[perPage-1]
		v.Older = last.At.Format("2006-01-02 15:04:05.000000") + "_" + strconv.FormatInt(last.ID, 10)
	}
	var nonce [16]byte
	_, _ = rand.Read(nonce[:])
	v.Csrf = mac("bench-csrf", secret)
	v.Once = base64.RawURLEncoding.EncodeToString(nonce[:])
	v.Once += "." + mac("bench-once", secret+v.Once)
	var out bytes.Buffer
	if err := page.Execute(&out, &v); err != nil {
		http.Error(w, "try again later", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	_, _ = w.Write(out.Bytes())
}

func main() {
	perPage, _ = strconv.Atoi(os.Args[3])
	db, err := sql.Open("mysql", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	s := &server{
		session: prepare(db, `SELECT s.seen_at, s.expires_at, u.id, u.name, u.theme, a.id, a.name FROM session s
			JOIN user u ON u.id = s.user_id AND u.status = 'ACTIVE' JOIN account a ON a.id = u.account_id AND a.status = 'OPEN'
			WHERE s.token_hash = ? AND s.ended_at IS NULL`),
		unread: prepare(db, `SELECT COUNT(*) FROM (SELECT 1 FROM notification n LEFT JOIN notification_read r
			ON r.notification_id = n.id AND r.user_id = ? WHERE n.account_id = ? AND r.user_id IS NULL LIMIT 100) u`),
		list: prepare(db, `SELECT l.id, l.at, l.operation, l.initiated_by, l.user_name, l.request_no, l.result, l.remark
			FROM operation_log l
			WHERE l.customer_id = ? AND l.is_shown = 1 AND l.at <= ? AND (l.at < ? OR l.id < ?) ORDER BY l.at DESC, l.id DESC LIMIT ?`),
	}
	os.Remove(os.Args[1])
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/operation-log", s.log)
	log.Fatal(http.Serve(listener, nil))
}
