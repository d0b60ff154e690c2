/**
 * The built-in networks, and the layers, encoders and heads that they are made of.
 *
 * <p>To add a network, write one {@link org.sparkmto.network.Architecture} that declares its
 * parameters and says how a batch runs through them, register it in {@link
 * org.sparkmto.architecture.Architectures}, and give it a test. A network of maps is an {@code
 * Encoder}, which declares its maps and the {@link org.sparkmto.network.Block}s that give them, so
 * that they can be run again instead of kept, and a {@code TaskHead} for pixels: {@code
 * EncoderWithHeads} makes z of the maps, gives tasks of whole images a linear head, and runs the
 * batch. To add a kind of head, write one {@code TaskHead}, which reads maps or means by way of
 * {@code Representation}, and name it in the networks that use it. Layers compute with the
 * operations of {@link org.sparkmto.network.Functional} alone: these are written down where a
 * network is exported, see {@link org.sparkmto.network.NetworkProgram}.
 */
package org.sparkmto.architecture;
