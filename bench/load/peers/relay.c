/*
 * The floor of the load benchmark: a relay that copies bytes between clients and backends with epoll, in one thread,
 * one backend connection for each client connection. It reads no HTTP, sets no header and writes no log, so what it
 * costs is what the kernel takes for the system calls and the packets.
 *
 *   relay PORT BACKEND_PORT...        all on 127.0.0.1; backends in turn
 *
 * Each end of a pair holds at most one buffer of bytes that its socket did not take; meanwhile the other end is not
 * read. An end without interest is taken out of epoll, because epoll reports EPOLLHUP even where nothing was asked for.
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

enum { BUFFER_BYTES = 128 * 1024, MAX_EVENTS = 256, BACKLOG = 4096 };

struct pair;

struct end {
  int fd;
  uint32_t interest;  /* as epoll knows it; 0: not in epoll */
  bool ended;         /* its FIN was read */
  char *held;         /* bytes for fd that it did not take yet, or NULL */
  size_t held_from, held_to;
  struct end *other;
  struct pair *pair;
};

struct pair {
  struct end client, backend;
  bool closed;            /* freed after the batch of events, which may name it again */
  struct pair *next_closed;
};

static int epoll_fd;
static struct pair *closed_pairs;
static char buffer[BUFFER_BYTES];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in loopback(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void watch(struct end *end, uint32_t interest) {
  if (interest == end->interest) return;
  struct epoll_event event = {.events = interest, .data.ptr = end};
  int operation = interest == 0 ? EPOLL_CTL_DEL : end->interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(epoll_fd, operation, end->fd, &event) < 0) die("epoll_ctl");
  end->interest = interest;
}

static void close_pair(struct pair *pair) {
  if (pair->closed) return;
  pair->closed = true;
  close(pair->client.fd);
  close(pair->backend.fd);
  pair->next_closed = closed_pairs;
  closed_pairs = pair;
}

static void free_closed_pairs(void) {
  while (closed_pairs != NULL) {
    struct pair *pair = closed_pairs;
    closed_pairs = pair->next_closed;
    free(pair->client.held);
    free(pair->backend.held);
    free(pair);
  }
}

/* Bytes the socket took, 0 when it is full or still connecting, -1 when it is broken. */
static ssize_t write_some(struct end *end, const char *bytes, size_t count) {
  ssize_t written = write(end->fd, bytes, count);
  return written < 0 && errno == EAGAIN ? 0 : written;
}

/* The end is readable: pass on one read. Nothing is held for the other end, or this one would not be read. */
static void relay(struct end *from) {
  struct end *to = from->other;
  ssize_t count = read(from->fd, buffer, BUFFER_BYTES);
  if (count < 0 && errno == EAGAIN) return;
  if (count < 0) return close_pair(from->pair);
  if (count == 0) {
    from->ended = true;
    watch(from, from->interest & ~(uint32_t)EPOLLIN);
    if (to->ended || shutdown(to->fd, SHUT_WR) < 0) close_pair(from->pair);
    return;
  }
  ssize_t written = write_some(to, buffer, (size_t)count);
  if (written < 0) return close_pair(from->pair);
  if (written == count) return;
  to->held_from = 0;
  to->held_to = (size_t)(count - written);
  to->held = malloc(to->held_to);
  if (to->held == NULL) die("malloc");
  memcpy(to->held, buffer + written, to->held_to);
  watch(from, from->interest & ~(uint32_t)EPOLLIN);
  watch(to, to->interest | EPOLLOUT);
}

/* The end takes bytes again. */
static void flush(struct end *to) {
  ssize_t written = write_some(to, to->held + to->held_from, to->held_to - to->held_from);
  if (written < 0) return close_pair(to->pair);
  to->held_from += (size_t)written;
  if (to->held_from < to->held_to) return;
  free(to->held);
  to->held = NULL;
  watch(to, to->interest & ~(uint32_t)EPOLLOUT);
  watch(to->other, to->other->interest | EPOLLIN);
}

static void open_pair(int client_fd, const char *backend_port) {
  struct sockaddr_in address = loopback(backend_port);
  int backend_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (backend_fd < 0) die("socket");
  if (connect(backend_fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) die("connect");
  int on = 1;
  setsockopt(client_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(backend_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct pair *pair = calloc(1, sizeof *pair);
  if (pair == NULL) die("calloc");
  pair->client = (struct end){.fd = client_fd, .other = &pair->backend, .pair = pair};
  pair->backend = (struct end){.fd = backend_fd, .other = &pair->client, .pair = pair};
  watch(&pair->client, EPOLLIN);
  watch(&pair->backend, EPOLLIN);
}

static int listen_on(const char *port) {
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(fd, BACKLOG) < 0) die("listen");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  return fd;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: relay PORT BACKEND_PORT...\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  epoll_fd = epoll_create1(0);
  int listener = listen_on(argv[1]);
  struct epoll_event events[MAX_EVENTS];
  for (int turn = 0;;) {
    int count = epoll_wait(epoll_fd, events, MAX_EVENTS, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      struct end *end = events[i].data.ptr;
      if (end == NULL) {
        int fd;
        while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) open_pair(fd, argv[2 + turn++ % (argc - 2)]);
        continue;
      }
      if (!end->pair->closed && end->interest & EPOLLOUT) flush(end);
      if (!end->pair->closed && end->interest & EPOLLIN && events[i].events != EPOLLOUT) relay(end);
    }
    free_closed_pairs();
  }
}
