package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.scheduling.Job.State;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * All active jobs, by state and in order.
 *
 * @param <J> the kind of job
 */
final class Jobs<J extends Job> {

  private final NavigableSet<J> waiting = new TreeSet<>(Job.ORDER);
  private final NavigableSet<J> active = new TreeSet<>(Job.ORDER);
  private final NavigableSet<J> parked = new TreeSet<>(Job.ORDER);
  private int queued;

  /** The jobs that wait for a slot, for the first time or again. */
  NavigableSet<J> waiting() {
    return waiting;
  }

  /** The jobs that have a slot. */
  NavigableSet<J> active() {
    return active;
  }

  NavigableSet<J> parked() {
    return parked;
  }

  /** How many jobs have never had a slot. */
  int queued() {
    return queued;
  }

  boolean has(J job) {
    return job.state != State.NEW && job.state != State.ENDED;
  }

  List<J> all() {
    List<J> jobs = new ArrayList<>(active);
    jobs.addAll(waiting);
    jobs.addAll(parked);
    return jobs;
  }

  void move(J job, State to) {
    // following to running stays in the same set, because a caller may be iterating over it
    if (!(job.hasSlot() && to == State.RUNNING)) {
      among(job.state).remove(job);
      among(to).add(job);
    }
    queued += (to == State.QUEUED ? 1 : 0) - (job.state == State.QUEUED ? 1 : 0);
    job.state = to;
  }

  private NavigableSet<J> among(State state) {
    return switch (state) {
      case QUEUED, WAITING -> waiting;
      case FOLLOWING, RUNNING -> active;
      case PARKED -> parked;
      case NEW, ENDED -> new TreeSet<>(Job.ORDER); // not kept in any set
    };
  }
}
