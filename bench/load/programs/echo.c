/*
 * The backends of the scenarios that are not HTTP. One thread, epoll, 127.0.0.1.
 *
 *   echo tcp PORT...        sends back what it gets
 *   echo websocket PORT...  answers a WebSocket upgrade, then sends each frame back, unmasked, as a server does
 *   echo source PORT...     sends as fast as it can and reads nothing
 *
 * Meant for small messages from one generator: what a socket does not take at once closes the connection, and the
 * generator counts that as a failure.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024, HELD_BYTES = 4096, MAX_EVENTS = 256, BACKLOG = 4096 };
enum { FRAME_HEAD = 2, MASK = 4, MASKED = 0x80, MAX_SHORT_PAYLOAD = 125 };

enum mode { TCP, WEBSOCKET, SOURCE };

struct connection {
  int fd;
  bool listening;         /* not a connection but a port that takes them */
  bool upgraded;
  size_t held;            /* WebSocket: bytes of a head or frame that has not ended */
  char bytes[HELD_BYTES + 1];
};

static enum mode mode;
static int epoll_fd;
static char buffer[BUFFER_BYTES];

/* The answer to the key of RFC 6455 §1.3, which the generator sends: no SHA-1 needed. */
static const char upgrade_answer[] =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* Returns 0 when all of it was written. */
static int send_all(int fd, const char *bytes, size_t count) {
  return write(fd, bytes, count) == (ssize_t)count ? 0 : -1;
}

/* Unmasks one frame into `out`. Returns its length there; 0: it has not ended; -1: not a short masked frame. */
static ssize_t unmask_frame(const char *frame, size_t count, char *out, size_t *taken) {
  if (count < FRAME_HEAD) return 0;
  size_t payload = (unsigned char)frame[1] & ~(unsigned)MASKED;
  if (!(frame[1] & MASKED) || payload > MAX_SHORT_PAYLOAD) return -1;
  *taken = FRAME_HEAD + MASK + payload;
  if (count < *taken) return 0;
  out[0] = frame[0];
  out[1] = (char)payload;
  for (size_t i = 0; i < payload; i++) out[FRAME_HEAD + i] = frame[FRAME_HEAD + MASK + i] ^ frame[FRAME_HEAD + i % MASK];
  return (ssize_t)(FRAME_HEAD + payload);
}

static int echo_frames(struct connection *connection) {
  size_t from = 0, out = 0, taken = 0;
  for (;;) {
    ssize_t length = unmask_frame(connection->bytes + from, connection->held - from, buffer + out, &taken);
    if (length < 0) return -1;
    if (length == 0) break;
    from += taken;
    out += (size_t)length;
  }
  connection->held -= from;
  memmove(connection->bytes, connection->bytes + from, connection->held);
  return out == 0 ? 0 : send_all(connection->fd, buffer, out);
}

static int serve_websocket(struct connection *connection) {
  ssize_t count = read(connection->fd, connection->bytes + connection->held, HELD_BYTES - connection->held);
  if (count <= 0) return count < 0 && errno == EAGAIN ? 0 : -1;
  connection->held += (size_t)count;
  if (connection->upgraded) return echo_frames(connection);
  connection->bytes[connection->held] = '\0';
  if (strstr(connection->bytes, "\r\n\r\n") == NULL) return 0;
  connection->held = 0; /* the client waits for the answer before it sends a frame */
  connection->upgraded = true;
  return send_all(connection->fd, upgrade_answer, sizeof upgrade_answer - 1);
}

static int serve_tcp(struct connection *connection) {
  ssize_t count = read(connection->fd, buffer, BUFFER_BYTES);
  if (count <= 0) return count < 0 && errno == EAGAIN ? 0 : -1;
  return send_all(connection->fd, buffer, (size_t)count);
}

static int serve_source(struct connection *connection) {
  return write(connection->fd, buffer, BUFFER_BYTES) < 0 && errno != EAGAIN ? -1 : 0;
}

static int serve(struct connection *connection) {
  switch (mode) {
    case WEBSOCKET: return serve_websocket(connection);
    case SOURCE: return serve_source(connection);
    default: return serve_tcp(connection);
  }
}

static void accept_all(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) die("calloc");
    connection->fd = fd;
    struct epoll_event event = {.events = mode == SOURCE ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  }
}

static void listen_on(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct connection *listener = calloc(1, sizeof *listener);
  if (listener == NULL) die("calloc");
  listener->listening = true;
  listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int on = 1;
  setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener->fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(listener->fd, BACKLOG) < 0) die("listen");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = listener};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener->fd, &event) < 0) die("epoll_ctl");
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: echo tcp|websocket|source PORT...\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  mode = strcmp(argv[1], "websocket") == 0 ? WEBSOCKET : strcmp(argv[1], "source") == 0 ? SOURCE : TCP;
  epoll_fd = epoll_create1(0);
  for (int i = 2; i < argc; i++) listen_on(argv[i]);
  struct epoll_event events[MAX_EVENTS];
  for (;;) {
    int count = epoll_wait(epoll_fd, events, MAX_EVENTS, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      if (connection->listening) {
        accept_all(connection->fd);
      } else if (serve(connection) < 0) {
        close(connection->fd);
        free(connection);
      }
    }
  }
}
