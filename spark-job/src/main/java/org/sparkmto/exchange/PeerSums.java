package org.sparkmto.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.sparkmto.method.Slices;

/**
 * Sums of gradients out of pieces that ranks send to each other: each rank gets from every other
 * one the piece of its slice, adds them up in the order of ranks, and hands the sum on where all
 * are to have all of it. So a sum is the same bits in every run, however the vector was cut and
 * whatever else was under way; in bfloat16, too, because who adds rounds what it keeps as well as
 * what it hands on.
 *
 * <p>Nothing is copied to be sent as it is, and what comes first is received where the sum is to
 * be; room is needed for what two other ranks or more send, and for what is rounded.
 */
final class PeerSums implements AutoCloseable {
  private final Peers peers;
  private final Transport as;
  private final Staging staging = new Staging();
  private final Set<Operation> open = new LinkedHashSet<>();
  private final Deque<Sum> sums = new ArrayDeque<>();

  PeerSums(Peers peers, Transport as) {
    this.peers = peers;
    this.as = as;
  }

  /** As {@link RankGroup#beginSlices}. */
  Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    try (PointerScope scope = new PointerScope()) {
      return new Adding("the slices of a gradient", whole, own, slices, false);
    }
  }

  /**
   * As {@link RankGroup#beginSum}. It has two halves; the second one of the sum before begins now,
   * and the one before that ends, so that no more than two need room.
   */
  Underway beginSum(Tensor values) {
    try (PointerScope scope = new PointerScope()) {
      Sum sum = new Sum(values);
      if (sums.size() == 2) {
        sums.getFirst().end();
      }
      if (!sums.isEmpty()) {
        sums.getLast().handOn();
      }
      sums.addLast(sum);
      return sum;
    }
  }

  /** As {@link RankGroup#gatherSlices}. */
  void gather(Tensor own, Tensor whole, Slices slices) {
    gather(own, whole, slices, Transport.FLOAT32);
  }

  /** As {@link RankGroup#gatherGradient}. */
  void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    gather(own, whole, slices, as);
  }

  private void gather(Tensor own, Tensor whole, Slices slices, Transport how) {
    try (PointerScope scope = new PointerScope()) {
      new Gathering("the slices of the combined gradient", own, whole, slices, how).end();
    }
  }

  /** Something under way, with what it holds meanwhile. */
  private abstract class Operation implements Underway {
    private final List<Tensor> held = new ArrayList<>();
    private final List<Tensor> taken = new ArrayList<>();
    private Underway swap = NOTHING;
    private boolean ended;

    Operation() {
      open.add(this);
    }

    /** A tensor of the caller's scope, until the end. */
    final Tensor held(Tensor tensor) {
      Tensor own = new Tensor(tensor);
      own.retainReference();
      held.add(own);
      return own;
    }

    /** A vector of so many elements, until the end. */
    final Tensor room(Tensor beside, ScalarType type, long elements) {
      Tensor all = staging.take(beside, type, elements);
      taken.add(all);
      return all.narrow(0, 0, elements);
    }

    final void swap(String what, Tensor[] to, Tensor[] from) {
      swap = peers.swap(what, to, from);
    }

    /** What is to be done when all has come. */
    abstract void complete();

    @Override
    public final void end() {
      if (ended) {
        return;
      }
      try (PointerScope scope = new PointerScope()) {
        swap.end();
        complete();
      } finally {
        release();
      }
    }

    final void release() {
      ended = true;
      open.remove(this);
      held.forEach(Tensor::releaseReference);
      taken.forEach(staging::give);
    }
  }

  /** Every rank's slice of a vector becomes the sum over all ranks. */
  private final class Adding extends Operation {
    private final Tensor mine;
    private final Tensor sum;
    private final Tensor[] came = new Tensor[peers.size()];
    private final boolean inPlace;

    /**
     * Begins.
     *
     * @param own where the sum of this rank's slice is to be
     * @param inPlace whether that is where the slice is
     */
    Adding(String what, Tensor whole, Tensor own, Slices slices, boolean inPlace) {
      this.inPlace = inPlace;
      this.mine = held(slice(whole, slices, peers.rank()));
      this.sum = held(own);
      swap(what, sent(whole, slices), received(whole, slices.length(peers.rank())));
    }

    private Tensor[] sent(Tensor whole, Slices slices) {
      Tensor[] to = new Tensor[peers.size()];
      long others = slices.elements() - slices.length(peers.rank());
      Tensor rounded = as == Transport.FLOAT32 ? null : room(whole, as.type(whole), others);
      long at = 0;
      for (int peer = 0; peer < to.length; peer++) {
        long length = slices.length(peer);
        if (peer != peers.rank() && length > 0) {
          to[peer] = slice(whole, slices, peer);
          if (rounded != null) {
            to[peer] = rounded.narrow(0, at, length).copy_(to[peer]);
            at += length;
          }
        }
      }
      return to;
    }

    private Tensor[] received(Tensor whole, long length) {
      if (length == 0) {
        return came;
      }
      boolean there = !inPlace && as == Transport.FLOAT32;
      int rooms = peers.size() - (there ? 2 : 1);
      Tensor all = rooms == 0 ? null : room(whole, as.type(whole), rooms * length);
      int at = 0;
      for (int peer = 0; peer < came.length; peer++) {
        if (peer == peers.rank()) {
          continue;
        }
        came[peer] = there && peer == first() ? sum : held(all.narrow(0, at++ * length, length));
      }
      return came;
    }

    /** The first rank but this one. */
    private int first() {
      return peers.rank() == 0 ? 1 : 0;
    }

    /** Two are added in any order, and of more the first two, then the third and so on. */
    @Override
    void complete() {
      int rank = peers.rank();
      if (mine.numel() == 0) {
        return;
      }
      int from;
      if (inPlace) {
        if (rank > 0) {
          Tensor before = came[0].toType(mine.scalar_type());
          for (int peer = 1; peer < rank; peer++) {
            before.add_(came[peer]);
          }
          sum.add_(before);
        }
        from = rank + 1;
      } else {
        if (as != Transport.FLOAT32) {
          sum.copy_(came[first()]);
        }
        sum.add_(rank <= 1 ? mine : came[1]);
        from = 2;
      }
      for (int peer = from; peer < came.length; peer++) {
        sum.add_(peer == rank ? mine : came[peer]);
      }
    }
  }

  /** All ranks get the slices of all. */
  private final class Gathering extends Operation {
    private final Tensor[] came = new Tensor[peers.size()];
    private final Tensor[] places = new Tensor[peers.size()];
    private final boolean rounds;

    Gathering(String what, Tensor own, Tensor whole, Slices slices, Transport how) {
      rounds = how != Transport.FLOAT32;
      int rank = peers.rank();
      long length = slices.length(rank);
      Tensor there = slice(whole, slices, rank);
      Tensor given = own;
      Tensor all = null;
      if (rounds) {
        given = room(whole, how.type(whole), length).copy_(own);
        all = room(whole, how.type(whole), slices.elements() - length);
        there.copy_(given);
      } else if (length > 0 && own.data_ptr().address() != there.data_ptr().address()) {
        there.copy_(own);
      }
      Tensor[] to = new Tensor[peers.size()];
      long at = 0;
      for (int peer = 0; peer < to.length; peer++) {
        long elements = slices.length(peer);
        if (peer == rank) {
          continue;
        }
        to[peer] = length > 0 ? given : null;
        if (elements > 0) {
          places[peer] = held(slice(whole, slices, peer));
          came[peer] = rounds ? held(all.narrow(0, at, elements)) : places[peer];
          at += elements;
        }
      }
      swap(what, to, came);
    }

    @Override
    void complete() {
      for (int peer = 0; rounds && peer < came.length; peer++) {
        if (came[peer] != null) {
          places[peer].copy_(came[peer]);
        }
      }
    }
  }

  /** A vector becomes the sum over all ranks: first its slices, which then go round. */
  private final class Sum implements Underway {
    private static final String WORDS = "a sum of gradients";

    private final Slices slices;
    private final Tensor values;
    private final Adding adding;
    private Gathering gathering;
    private boolean ended;

    Sum(Tensor values) {
      this.slices = new Slices(values.numel(), peers.size());
      this.values = new Tensor(values);
      this.values.retainReference();
      this.adding = new Adding(WORDS, values, slice(values, slices, peers.rank()), slices, true);
    }

    void handOn() {
      if (gathering == null) {
        adding.end();
        try (PointerScope scope = new PointerScope()) {
          Tensor own = slice(values, slices, peers.rank());
          gathering = new Gathering(WORDS, own, values, slices, as);
        }
      }
    }

    @Override
    public void end() {
      if (ended) {
        return;
      }
      try {
        handOn();
        gathering.end();
      } finally {
        release();
      }
    }

    void release() {
      if (!ended) {
        ended = true;
        sums.remove(this);
        values.releaseReference();
      }
    }
  }

  private static Tensor slice(Tensor whole, Slices slices, int rank) {
    return whole.narrow(0, slices.start(rank), slices.length(rank));
  }

  /** Frees what is under way and nobody will end. */
  @Override
  public void close() {
    List.copyOf(sums).forEach(Sum::release);
    List.copyOf(open).forEach(Operation::release);
    staging.close();
  }
}
