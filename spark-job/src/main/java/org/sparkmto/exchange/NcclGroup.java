package org.sparkmto.exchange;

import java.time.Duration;
import java.util.Optional;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.sparkmto.method.Slices;
import org.sparkmto.network.Device;

/**
 * A group of ranks on GPUs, one each. What lies on a GPU goes from GPU to GPU by NCCL, behind what
 * the GPU has been told to compute and beside what it computes next; the host does not wait for it.
 * What the host has, numbers for the driver and its answer, goes over a group of hosts.
 *
 * <p>NCCL chooses the order of a sum by what connects the GPUs: a run repeats its bits on the same
 * machines.
 */
public final class NcclGroup implements RankGroup {
  private final RankGroup hosts;
  private final NcclCommunicator gpus;
  private final NcclPeers peers;
  private final Optional<PeerSums> rounded;
  private long bytesSent;

  private NcclGroup(RankGroup hosts, NcclCommunicator gpus, Transport gradients) {
    this.hosts = hosts;
    this.gpus = gpus;
    this.peers = new NcclPeers(hosts.rank(), hosts.size(), gpus);
    // NCCL would add in bfloat16; as they are, it knows the way by which sums take least time.
    this.rounded =
        gradients == Transport.FLOAT32
            ? Optional.empty()
            : Optional.of(new PeerSums(peers, gradients));
  }

  /**
   * Why ranks of this process cannot exchange from GPU to GPU. Loads NCCL.
   *
   * @return one sentence; empty if they can
   */
  public static Optional<String> obstacle() {
    return Nccl.obstacle();
  }

  /**
   * Joins the GPUs of the ranks of a group; returns when all have. Rank 0 makes the communicator's
   * id, without which nobody joins, and the driver hands it on.
   *
   * @param hosts the same ranks, joined already; taken over, and closed if this fails
   * @param device this rank's GPU, which no other rank has
   * @param deadline of this call as a whole, and later of every single operation
   * @param gradients as what they travel
   * @throws ExchangeException if NCCL cannot, the others do not join before the deadline, or the
   *     attempt is over
   */
  public static NcclGroup join(
      DriverChannel driver, RankGroup hosts, Device device, Duration deadline, Transport gradients)
      throws InterruptedException {
    try {
      return new NcclGroup(
          hosts,
          NcclCommunicator.join(driver, hosts.rank(), hosts.size(), device, deadline),
          gradients);
    } catch (RuntimeException | InterruptedException e) {
      hosts.close();
      throw e;
    }
  }

  @Override
  public int rank() {
    return hosts.rank();
  }

  @Override
  public int size() {
    return hosts.size();
  }

  @Override
  public void sum(double[] values) {
    gpus.requireSound();
    hosts.sum(values);
  }

  @Override
  public void broadcast(double[] values) {
    gpus.requireSound();
    hosts.broadcast(values);
  }

  @Override
  public void sum(Tensor values) {
    if (values.is_cpu()) {
      hosts.sum(values);
    } else {
      summed("a sum of tensors", values).end();
    }
  }

  private Underway summed(String what, Tensor values) {
    bytesSent += 2L * (size() - 1) * values.numel() * values.element_size() / size();
    return tell(
        what,
        (all, queue) ->
            nccl.ncclAllReduce(
                values.data_ptr(),
                values.data_ptr(),
                values.numel(),
                Nccl.type(values),
                nccl.ncclSum,
                all,
                queue));
  }

  @Override
  public Underway beginSum(Tensor gradient) {
    if (gradient.is_cpu()) {
      return hosts.beginSum(gradient);
    }
    return rounded
        .map(sums -> sums.beginSum(gradient))
        .orElseGet(() -> summed("a sum of gradients", gradient));
  }

  @Override
  public Underway beginSlices(Tensor whole, Tensor own, Slices slices) {
    if (whole.is_cpu()) {
      return hosts.beginSlices(whole, own, slices);
    }
    return rounded
        .map(sums -> sums.beginSlices(whole, own, slices))
        .orElseGet(() -> sliced(whole, own, slices));
  }

  private Underway sliced(Tensor whole, Tensor own, Slices slices) {
    bytesSent += (slices.elements() - slices.length(rank())) * whole.element_size();
    String what = "the slices of a gradient";
    if (equal(slices)) {
      return tell(
          what,
          (all, queue) ->
              nccl.ncclReduceScatter(
                  whole.data_ptr(),
                  own.data_ptr(),
                  slices.length(rank()),
                  Nccl.type(whole),
                  nccl.ncclSum,
                  all,
                  queue));
    }
    return each(
        what,
        slices,
        (all, queue, root, length) ->
            nccl.ncclReduce(
                slice(whole, slices, root).data_ptr(),
                root == rank() ? own.data_ptr() : null,
                length,
                Nccl.type(whole),
                nccl.ncclSum,
                root,
                all,
                queue));
  }

  @Override
  public void gatherGradient(Tensor own, Tensor whole, Slices slices) {
    if (whole.is_cpu()) {
      hosts.gatherGradient(own, whole, slices);
    } else if (rounded.isPresent()) {
      rounded.get().gatherGradient(own, whole, slices);
    } else {
      gatherSlices(own, whole, slices);
    }
  }

  @Override
  public void gatherSlices(Tensor own, Tensor whole, Slices slices) {
    if (whole.is_cpu()) {
      hosts.gatherSlices(own, whole, slices);
      return;
    }
    bytesSent += (size() - 1L) * slices.length(rank()) * whole.element_size();
    String what = "the slices of the combined gradient";
    Underway gathering =
        equal(slices)
            ? tell(
                what,
                (all, queue) ->
                    nccl.ncclAllGather(
                        own.data_ptr(),
                        whole.data_ptr(),
                        slices.length(rank()),
                        Nccl.type(whole),
                        all,
                        queue))
            : each(
                what,
                slices,
                (all, queue, root, length) -> {
                  Tensor there = slice(whole, slices, root);
                  return nccl.ncclBroadcast(
                      (root == rank() ? own : there).data_ptr(),
                      there.data_ptr(),
                      length,
                      Nccl.type(whole),
                      root,
                      all,
                      queue);
                });
    gathering.end();
  }

  private static Tensor slice(Tensor whole, Slices slices, int rank) {
    return whole.narrow(0, slices.start(rank), slices.length(rank));
  }

  /** Only of slices of one length NCCL makes one operation. */
  private static boolean equal(Slices slices) {
    for (int rank = 1; rank < slices.ranks(); rank++) {
      if (slices.length(rank) != slices.length(0)) {
        return false;
      }
    }
    return true;
  }

  private interface OfRank {
    int run(ncclComm all, CUstream_st queue, int root, long length);
  }

  /** An operation for every rank's slice, all at once. */
  private Underway each(String what, Slices slices, OfRank operation) {
    return tell(
        what,
        (all, queue) ->
            Nccl.together(
                () -> {
                  int result = nccl.ncclSuccess;
                  for (int root = 0; root < size() && result == nccl.ncclSuccess; root++) {
                    if (slices.length(root) > 0) {
                      result = operation.run(all, queue, root, slices.length(root));
                    }
                  }
                  return result;
                }));
  }

  private Underway tell(String what, NcclCommunicator.Operation operation) {
    try (PointerScope call = new PointerScope()) {
      return gpus.tell(what, operation);
    }
  }

  @Override
  public long bytesSent() {
    return bytesSent + peers.bytesSent() + hosts.bytesSent();
  }

  /** The hosts first: peers that wait for this rank there fail at once. */
  @Override
  public void close() {
    hosts.close();
    gpus.close();
    rounded.ifPresent(PeerSums::close);
  }
}
