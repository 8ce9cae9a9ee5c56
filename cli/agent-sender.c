/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
#include "agent-sender.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include <prof/pprof.h>

#include "cleanup.h"
#include "command.h"
#include "handles.h"
#include "message.h"
#include "text.h"

/* Between tries that failed for another reason than that the collector is away: 5 s at first, then
 * twice as long each time. */
enum { FIRST_PAUSE_S = 5, MAX_PAUSE_S = 60 };

/* ---- one profile ---- */

static int
read_spooled (const char *path, ProfProfile **ret, ProfError *reterr)
{
  cleanup (close) int fd = open (path, O_RDONLY | O_CLOEXEC);
  return fd < 0 ? -errno : prof_pprof_read (fd, ret, reterr);
}

static bool
is_refused_for_good (int r)
{
  return r == -EBADMSG || r == -EMSGSIZE;
}

static void
settle_sent (AgentSender *sender)
{
  spool_succeed (&sender->spool);
  sender->n_sent++;
  sender->n_failed = 0;
  if (sender->is_away && !sender->is_quiet)
    message ("the collector takes profiles again; %zu wait", sender->spool.n);
  sender->is_away = sender->is_overflowing = false;
}

/* Once, until one was sent. With the lock held. */
static void
tell_failure (AgentSender *sender, const char *sentence)
{
  if (sender->is_away)
    return;
  note (sentence);
  message ("profiles wait in %s until the collector takes them", sender->spool.directory);
  sender->is_away = true;
}

/* What the exporter calls after each try. */
static void
show_try (const char *sentence, bool will_retry, void *user_data)
{
  AgentSender *sender = user_data;
  pthread_mutex_lock (&sender->lock);
  if (will_retry)
    tell_failure (sender, sentence);
  pthread_mutex_unlock (&sender->lock);
}

/* Not the profile's fault: nobody has seen it. */
static bool
was_not_reached (int r)
{
  return r == -ECONNREFUSED || r == -EHOSTUNREACH || r == -ENETUNREACH || r == -ECANCELED
         || r == -ESHUTDOWN || r == -ENOMEM;
}

static void
settle_failed (AgentSender *sender, int r, const ProfError *error)
{
  if (r != -ECANCELED && r != -ESHUTDOWN) {
    sender->n_failed++;
    tell_failure (sender, error->message);
  }
  if (was_not_reached (r)) {
    spool_keep (&sender->spool);
  } else if (spool_fail (&sender->spool)) {
    message ("a profile is dropped that failed again and again while others were taken");
    sender->n_refused++;
  }
}

static void
settle_unread (AgentSender *sender, int r)
{
  if (r == -ENOENT)
    spool_remove (&sender->spool);
  else if (r != -ENOMEM && r != -EMFILE && r != -ENFILE)
    spool_set_aside (&sender->spool);
  else {
    sender->n_failed++;
    tell_failure (sender, _ ("Can't read a profile of the spool: memory or open files are short"));
    spool_keep (&sender->spool);
  }
}

static void
settle_refused (AgentSender *sender, const ProfError *error)
{
  fail (error);
  spool_remove (&sender->spool);
  sender->n_refused++;
}

/* With the lock held, which is given up while it sends. */
static void
send_next (AgentSender *sender, const SpoolEntry *entry)
{
  ProfError error = PROF_ERROR_INIT;
  cleanup (free) char *path = spool_get_path (&sender->spool, entry->number);
  cleanup (prof_profile_unref) ProfProfile *profile = NULL;
  ProfExporter *exporter = sender->exporter;
  sender->is_sending = true;
  pthread_mutex_unlock (&sender->lock);
  int r_read = path != NULL ? read_spooled (path, &profile, &error) : -ENOMEM;
  int r = r_read == 0 ? prof_exporter_export (exporter, profile, &error) : 0;
  pthread_mutex_lock (&sender->lock);
  sender->is_sending = false;
  pthread_cond_broadcast (&sender->changed);

  if (r_read < 0)
    settle_unread (sender, r_read);
  else if (r == 0)
    settle_sent (sender);
  else if (is_refused_for_good (r))
    settle_refused (sender, &error);
  else
    settle_failed (sender, r, &error);
}

/* ---- the thread ---- */

static void
pause_after_failure (AgentSender *sender)
{
  unsigned n = sender->n_failed < 5 ? sender->n_failed : 5;
  time_t pause_s = n == 0 ? 0 : FIRST_PAUSE_S << (n - 1);
  struct timespec until;
  clock_gettime (CLOCK_MONOTONIC, &until);
  until.tv_sec += pause_s < MAX_PAUSE_S ? pause_s : MAX_PAUSE_S;
  unsigned n_failed = sender->n_failed;
  int r = 0;
  while (n > 0 && r == 0 && sender->n_failed == n_failed && !sender->is_flushing)
    r = pthread_cond_timedwait (&sender->changed, &sender->lock, &until);
}

static void *
run (void *data)
{
  AgentSender *sender = data;
  pthread_mutex_lock (&sender->lock);
  while (!sender->is_stopped) {
    const SpoolEntry *entry = spool_take (&sender->spool);
    if (entry != NULL)
      send_next (sender, entry);
    if (sender->is_flushing && (entry == NULL || sender->n_failed > 0))
      break;
    if (entry == NULL)
      pthread_cond_wait (&sender->changed, &sender->lock);
    else
      pause_after_failure (sender);
  }
  pthread_mutex_unlock (&sender->lock);
  eventfd_write (sender->done_fd, 1);
  return NULL;
}

/* ---- the caller's side ---- */

int
agent_sender_open (AgentSender *sender,
                   const char *directory,
                   uint64_t max_bytes,
                   ProfExporter *exporter,
                   bool is_quiet)
{
  *sender = (AgentSender){ .exporter = exporter, .is_quiet = is_quiet };
  prof_exporter_set_func (exporter, show_try, sender);
  sender->done_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  pthread_condattr_t attributes;
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&sender->changed, &attributes);
  pthread_condattr_destroy (&attributes);
  pthread_mutex_init (&sender->lock, NULL);
  int status = spool_open (&sender->spool, directory, max_bytes);
  if (status != STATUS_OK)
    return status;
  int r = sender->done_fd < 0 ? errno : pthread_create (&sender->thread, NULL, run, sender);
  if (r != 0) {
    message ("can't start the thread that sends: %s", strerror (r));
    return STATUS_FAILURE;
  }
  sender->has_thread = true;
  return STATUS_OK;
}

void
agent_sender_close (AgentSender *sender)
{
  pthread_mutex_lock (&sender->lock);
  sender->is_stopped = true;
  pthread_cond_broadcast (&sender->changed);
  pthread_mutex_unlock (&sender->lock);
  prof_exporter_shutdown (sender->exporter, 0, NULL);
  if (sender->has_thread)
    pthread_join (sender->thread, NULL);
  spool_close (&sender->spool);
  prof_exporter_free (sender->exporter);
  if (sender->done_fd >= 0)
    close (sender->done_fd);
  pthread_cond_destroy (&sender->changed);
  pthread_mutex_destroy (&sender->lock);
}

/* On a full disk the oldest make room. The number is this thread's alone. */
static int
save (AgentSender *sender, const char *path, const ProfProfile *profile)
{
  ProfError error = PROF_ERROR_INIT;
  bool has_room = true;
  int r = -ENOSPC;
  while ((r == -ENOSPC || r == -EDQUOT) && has_room) {
    r = prof_pprof_save (profile, path, &error);
    pthread_mutex_lock (&sender->lock);
    has_room = (r == -ENOSPC || r == -EDQUOT) && spool_drop_oldest (&sender->spool);
    pthread_mutex_unlock (&sender->lock);
  }
  if (r < 0 && !sender->is_failing)
    fail (&error);
  sender->is_failing = r < 0;
  return r;
}

/* Once, until one was sent. */
static void
tell_dropped (AgentSender *sender)
{
  if (!sender->is_overflowing && !sender->is_quiet)
    message ("the spool is full: the oldest profiles are dropped");
  sender->is_overflowing = true;
}

int
agent_sender_add (AgentSender *sender, const ProfProfile *profile)
{
  uint64_t n_dropped = sender->spool.n_dropped;
  uint64_t number = spool_number (&sender->spool);
  cleanup (free) char *path = spool_get_path (&sender->spool, number);
  int r = path != NULL ? save (sender, path, profile) : -ENOMEM;
  pthread_mutex_lock (&sender->lock);
  if (r >= 0)
    r = spool_add (&sender->spool, number);
  if (sender->spool.n_dropped > n_dropped)
    tell_dropped (sender);
  pthread_cond_broadcast (&sender->changed);
  pthread_mutex_unlock (&sender->lock);
  return r;
}

void
agent_sender_set_exporter (AgentSender *sender, ProfExporter *exporter, uint64_t max_bytes)
{
  pthread_mutex_lock (&sender->lock);
  ProfExporter *old = sender->exporter;
  prof_exporter_set_func (exporter, show_try, sender);
  sender->exporter = exporter;
  sender->spool.max_bytes = max_bytes;
  prof_exporter_shutdown (old, 0, NULL);
  while (sender->is_sending)
    pthread_cond_wait (&sender->changed, &sender->lock);
  sender->n_failed = 0;
  sender->is_away = false;
  pthread_cond_broadcast (&sender->changed);
  pthread_mutex_unlock (&sender->lock);
  prof_exporter_free (old);
}

void
agent_sender_flush (AgentSender *sender)
{
  pthread_mutex_lock (&sender->lock);
  sender->is_flushing = true;
  pthread_cond_broadcast (&sender->changed);
  pthread_mutex_unlock (&sender->lock);
}

void
agent_sender_get_stats (AgentSender *sender, AgentSenderStats *ret)
{
  pthread_mutex_lock (&sender->lock);
  *ret = (AgentSenderStats){
    .n_sent = sender->n_sent,
    .n_refused = sender->n_refused,
    .n_dropped = sender->spool.n_dropped,
    .n_waiting = sender->spool.n,
    .n_waiting_bytes = sender->spool.n_bytes,
  };
  pthread_mutex_unlock (&sender->lock);
}
