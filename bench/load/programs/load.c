/*
 * The load generator: HTTP/1.1, WebSocket and plain TCP, flat out or at a fixed rate. One thread, epoll, 127.0.0.1.
 *
 *   load PORT CONNECTIONS SECONDS RATE keep|close OPENING REQUEST ANSWER
 *
 *   RATE     exchanges per second, spaced evenly over all connections; 0: each connection sends as soon as it can
 *   close    a new connection for each exchange
 *   OPENING  file with what each new connection sends first and gets an HTTP head (101) for; empty: nothing
 *   REQUEST  file with what starts an exchange; empty: the other side sends unasked (RATE 0 only)
 *   ANSWER   http:N: status 200 and Content-Length N; bytes:N: N bytes
 *
 * Opens the connections, prints "ready", begins at the first line of standard input, waits at the end for what is still
 * unanswered, prints the result as one line of JSON, keeps the connections open until standard input ends. So whoever
 * measures may leave opening and closing out, and every exchange that was begun is in the result.
 *
 * The latency of an exchange at a fixed RATE counts from when it was due, not from when a connection was free to send
 * it: a proxy that stalls is charged for every exchange that had to wait.
 *
 *   ABSENT -> CONNECTING -> (OPENING ->) IDLE <-> BUSY; a failure or the other side's close makes it ABSENT again, and
 *   the next exchange that gets the connection connects it anew.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024, HEAD_BYTES = 4096, MAX_EVENTS = 512, MAX_OPENING = 128 };
static const int64_t NANOS = 1000000000, LATE_NANOS = 5000000000;

enum state { ABSENT, CONNECTING, OPENING, IDLE, BUSY };
enum failure { CONNECT, CLOSED, STATUS, LENGTH, LATE, FAILURES };
static const char *const failure_names[FAILURES] = {"connect", "closed", "status", "length", "late"};

struct connection {
  int fd;
  enum state state;
  bool exchanging;      /* an exchange waits for this connection or is on it */
  bool last;            /* the answer says that the connection closes after it */
  uint32_t interest;
  int64_t due;          /* of the exchange */
  size_t sent;          /* bytes of the opening or the request */
  int64_t got, want;    /* bytes of the answer's body; want -1: its head has not ended */
  size_t head_bytes;
  char head[HEAD_BYTES];
};

struct bytes {
  char *data;
  size_t count;
};

static struct sockaddr_in target;
static bool close_each;
static struct bytes opening, request;
static bool answer_has_head;
static int64_t answer_bytes; /* without the head */
static int epoll_fd, connection_count, idle_from, idle_count, waiting_to_open, unanswered;
static struct connection *connections;
static int *idle; /* a ring: the connection that has been idle longest comes first */
static char buffer[BUFFER_BYTES];
static bool running;
static uint64_t completed, failed[FAILURES];
static uint32_t *latencies; /* in units of 100 ns */
static size_t latency_room;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * NANOS + time.tv_nsec;
}

static struct bytes read_file(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) < 0) die(path);
  struct bytes file = {malloc((size_t)info.st_size + 1), (size_t)info.st_size};
  if (file.data == NULL || read(fd, file.data, file.count) != (ssize_t)file.count) die(path);
  close(fd);
  return file;
}

static void push_idle(struct connection *connection) {
  idle[(idle_from + idle_count++) % connection_count] = (int)(connection - connections);
}

static struct connection *pop_idle(void) {
  struct connection *connection = &connections[idle[idle_from]];
  idle_from = (idle_from + 1) % connection_count;
  idle_count--;
  return connection;
}

static void watch(struct connection *connection, uint32_t interest) {
  if (interest == connection->interest) return;
  struct epoll_event event = {.events = interest, .data.ptr = connection};
  int operation = connection->interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(epoll_fd, operation, connection->fd, &event) < 0) die("epoll_ctl");
  connection->interest = interest;
}

/* Closed by either side. An idle connection stays in the ring; any other one goes back to it. */
static void drop(struct connection *connection) {
  close(connection->fd);
  connection->interest = 0;
  if (connection->state != IDLE) push_idle(connection);
  if (connection->exchanging) unanswered--;
  connection->state = ABSENT;
  connection->exchanging = false;
}

static void fail(struct connection *connection, enum failure failure) {
  if (!running) {
    fprintf(stderr, "cannot open a connection: %s\n", failure_names[failure]);
    exit(1);
  }
  failed[failure]++;
  drop(connection);
}

static void record_latency(int64_t nanos) {
  if (completed == latency_room) {
    latency_room = latency_room == 0 ? 65536 : 2 * latency_room;
    latencies = realloc(latencies, latency_room * sizeof *latencies);
    if (latencies == NULL) die("realloc");
  }
  latencies[completed] = (uint32_t)(nanos / 100);
}

static void expect_answer(struct connection *connection) {
  connection->got = 0;
  connection->want = connection->state == BUSY && !answer_has_head ? answer_bytes : -1;
  connection->head_bytes = 0;
  connection->last = close_each;
}

/* Sends the opening or the request, as far as the socket takes it. */
static void send_more(struct connection *connection) {
  struct bytes message = connection->state == OPENING ? opening : request;
  while (connection->sent < message.count) {
    ssize_t written = write(connection->fd, message.data + connection->sent, message.count - connection->sent);
    if (written < 0 && errno == EAGAIN) return watch(connection, EPOLLIN | EPOLLOUT);
    if (written < 0) return fail(connection, CLOSED);
    connection->sent += (size_t)written;
  }
  watch(connection, EPOLLIN);
}

static void enter(struct connection *connection, enum state state) {
  connection->state = state;
  connection->sent = 0;
  expect_answer(connection);
  send_more(connection);
}

/* Connected and opened: on with the exchange that waits for it, or into the ring. */
static void become_usable(struct connection *connection) {
  if (connection->exchanging) return enter(connection, BUSY);
  connection->state = IDLE;
  watch(connection, EPOLLIN);
  push_idle(connection);
  waiting_to_open--;
}

static void connected(struct connection *connection) {
  if (opening.count > 0) enter(connection, OPENING);
  else become_usable(connection);
}

static void begin_connect(struct connection *connection) {
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (connection->fd < 0) die("socket");
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection->state = CONNECTING;
  if (connect(connection->fd, (struct sockaddr *)&target, sizeof target) == 0) return connected(connection);
  if (errno != EINPROGRESS) return fail(connection, CONNECT);
  watch(connection, EPOLLOUT);
}

static void begin_exchange(struct connection *connection, int64_t due) {
  connection->due = due;
  connection->exchanging = true;
  unanswered++;
  if (connection->state == ABSENT) begin_connect(connection);
  else enter(connection, BUSY);
}

static void end_exchange(struct connection *connection) {
  record_latency(now() - connection->due);
  completed++;
  unanswered--;
  connection->exchanging = false;
  if (connection->last) return drop(connection);
  connection->state = IDLE;
  push_idle(connection);
}

/* The value of a field in the head, which ends with a NUL here; NULL when there is no such field. */
static const char *field(const struct connection *connection, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(connection->head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') {
      return line + 3 + length + strspn(line + 3 + length, " ");
    }
  }
  return NULL;
}

/* Adds to the head what belongs to it. Returns how many bytes that were, or -1 when it failed the connection. */
static ssize_t take_head(struct connection *connection, const char *bytes, size_t count) {
  size_t before = connection->head_bytes;
  size_t room = HEAD_BYTES - 1 - before;
  size_t taken = count < room ? count : room;
  memcpy(connection->head + before, bytes, taken);
  connection->head_bytes += taken;
  connection->head[connection->head_bytes] = '\0';
  const char *end = strstr(connection->head, "\r\n\r\n");
  if (end == NULL && connection->head_bytes < HEAD_BYTES - 1) return (ssize_t)taken;
  bool is_opening = connection->state == OPENING;
  if (end == NULL || strncmp(connection->head, is_opening ? "HTTP/1.1 101" : "HTTP/1.1 200", 12) != 0) {
    return fail(connection, STATUS), -1;
  }
  const char *length = field(connection, "Content-Length");
  if (!is_opening && (length == NULL || atoll(length) != answer_bytes)) return fail(connection, LENGTH), -1;
  connection->want = is_opening ? 0 : answer_bytes;
  const char *option = field(connection, "Connection");
  if (option != NULL && strncasecmp(option, "close", 5) == 0) connection->last = true;
  return end + 4 - connection->head - (ssize_t)before;
}

/* The other side sends unasked: the next exchange began with the first byte after the answer. */
static void take_unasked(struct connection *connection) {
  for (; connection->got >= connection->want; connection->got -= connection->want) {
    record_latency(now() - connection->due);
    completed++;
    connection->due = now();
  }
}

static void take_answer(struct connection *connection, const char *bytes, size_t count) {
  if (connection->want < 0) {
    ssize_t taken = take_head(connection, bytes, count);
    if (taken < 0 || connection->want < 0) return;
    count -= (size_t)taken;
  }
  connection->got += (int64_t)count;
  if (connection->got < connection->want) return;
  if (connection->state == OPENING) return become_usable(connection);
  if (request.count == 0) return take_unasked(connection);
  if (connection->got > connection->want) return fail(connection, LENGTH);
  end_exchange(connection);
}

static void on_readable(struct connection *connection) {
  ssize_t count = read(connection->fd, buffer, BUFFER_BYTES);
  if (count < 0 && errno == EAGAIN) return;
  if (connection->state == IDLE) {
    /* Keep-alive connections may be closed between exchanges; only bytes that nobody asked for are wrong. */
    if (count <= 0) drop(connection);
    else if (request.count > 0) fail(connection, LENGTH);
    return;
  }
  if (count <= 0) return fail(connection, CLOSED);
  take_answer(connection, buffer, (size_t)count);
}

static void on_event(struct connection *connection, uint32_t events) {
  if (connection->state == ABSENT) return;
  if (connection->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail(connection, CONNECT);
    return connected(connection);
  }
  if (events & EPOLLOUT) send_more(connection);
  if (connection->state != ABSENT && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(connection);
}

/* Waits for events until `until` at the latest and handles them. */
static void turn(int64_t until) {
  int64_t nanos = until - now();
  if (nanos < 0) nanos = 0;
  struct timespec timeout = {nanos / NANOS, nanos % NANOS};
  struct epoll_event events[MAX_EVENTS];
  int count = epoll_pwait2(epoll_fd, events, MAX_EVENTS, &timeout, NULL);
  if (count < 0 && errno != EINTR) die("epoll_pwait2");
  for (int i = 0; i < count; i++) on_event(events[i].data.ptr, events[i].events);
}

static void open_all(void) {
  waiting_to_open = connection_count;
  for (int begun = 0; waiting_to_open > 0;) {
    while (begun < connection_count && begun - (connection_count - waiting_to_open) < MAX_OPENING) {
      begin_connect(&connections[begun++]);
    }
    turn(now() + NANOS);
  }
}

/* Exchange n is due at n / rate: so many are before `nanos` have passed. */
static int64_t due_until(int64_t nanos, int64_t rate) {
  return (nanos * rate + NANOS - 1) / NANOS;
}

/* Flat out: begins exchanges until the time is over. */
static void run_flat_out(int64_t end) {
  for (int64_t time = now(); time < end; time = now()) {
    /* As many as are idle now: one that fails at once is idle again, and `time` stands still in here. */
    for (int free = idle_count; free > 0; free--) begin_exchange(pop_idle(), time);
    turn(end);
  }
}

/* Begins each exchange when it is due, or as soon after that as a connection is free. Returns how many never were. */
static int64_t run_at_rate(int64_t start, int64_t end, int64_t rate) {
  int64_t begun = 0, total = due_until(end - start, rate), last = end + LATE_NANOS;
  for (int64_t time = now(); time < last; time = now()) {
    int64_t due = last;
    for (int free = idle_count; free > 0 && begun < total; free--, begun++) {
      due = start + begun * NANOS / rate;
      if (due > time) break;
      begin_exchange(pop_idle(), due);
    }
    if (begun == total) break;
    turn(idle_count > 0 ? due : last);
  }
  return total - begun;
}

/* Begins exchanges for so many seconds, then waits for the answers. Returns the nanoseconds until the last one. */
static int64_t run(double seconds, int64_t rate) {
  int64_t start = now(), end = start + (int64_t)(seconds * (double)NANOS), never_begun = 0;
  running = true;
  if (rate == 0) run_flat_out(end);
  else never_begun = run_at_rate(start, end, rate);
  /* Where the other side sends unasked there is no end to wait for. */
  while (unanswered > 0 && request.count > 0 && now() < end + LATE_NANOS) turn(end + LATE_NANOS);
  if (request.count > 0) failed[LATE] = (uint64_t)(unanswered + never_begun);
  return now() - start;
}

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double percentile_micros(double part) {
  if (completed == 0) return 0;
  return latencies[(size_t)((double)(completed - 1) * part)] / 10.0;
}

static void print_result(int64_t nanos) {
  qsort(latencies, completed, sizeof *latencies, by_size);
  printf("{\"completed\":%lu,\"durationMicros\":%ld", completed, nanos / 1000);
  printf(",\"p50Micros\":%.1f,\"p99Micros\":%.1f,\"maxMicros\":%.1f,\"failed\":{", percentile_micros(0.5),
         percentile_micros(0.99), percentile_micros(1));
  for (int i = 0; i < FAILURES; i++) printf("%s\"%s\":%lu", i == 0 ? "" : ",", failure_names[i], failed[i]);
  printf("}}\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc != 9) return fprintf(stderr, "usage: see the top of load.c\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  target.sin_family = AF_INET;
  target.sin_port = htons((uint16_t)atoi(argv[1]));
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection_count = atoi(argv[2]);
  close_each = strcmp(argv[5], "close") == 0;
  opening = read_file(argv[6]);
  request = read_file(argv[7]);
  answer_has_head = strncmp(argv[8], "http:", 5) == 0;
  answer_bytes = atoll(strchr(argv[8], ':') + 1);
  connections = calloc((size_t)connection_count, sizeof *connections);
  idle = calloc((size_t)connection_count, sizeof *idle);
  if (connections == NULL || idle == NULL) die("calloc");
  epoll_fd = epoll_create1(0);
  if (close_each) {
    for (int i = 0; i < connection_count; i++) push_idle(&connections[i]);
  } else {
    open_all();
  }
  printf("ready\n");
  fflush(stdout);
  char byte = 0;
  while (byte != '\n') {
    if (read(STDIN_FILENO, &byte, 1) <= 0) return 1;
  }
  print_result(run(atof(argv[3]), atoll(argv[4])));
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  return 0;
}
