package dev.llamastream.spark;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Spark with one executor on each of two hosts, which are this machine by two names. Spark runs the
 * copy of a slow task on another host only, and all of local-cluster is on one.
 */
final class TwoHosts implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String OTHER = "localhost";

  private final RpcEnv master;
  private final List<RpcEnv> workers;

  /** Starts the hosts, for two tasks each. */
  TwoHosts() {
    SparkConf conf = new SparkConf().set("spark.master.rest.enabled", "false");
    master = Master.startRpcEnvAndEndpoint(HOST, 0, 0, conf)._1();
    workers = Stream.of(HOST, OTHER).map(host -> worker(host, conf)).toList();
  }

  private RpcEnv worker(String host, SparkConf conf) {
    String[] masters = {url()};
    return Worker.startRpcEnvAndEndpoint(
        host, 0, 0, 2, 1024, masters, null, Option.empty(), conf, Option.empty());
  }

  private String url() {
    return master.address().toSparkURL();
  }

  /** A session on these hosts. It must be closed first. */
  SparkSession.Builder builder() {
    return LocalCluster.builder(url());
  }

  @Override
  public void close() {
    workers.forEach(RpcEnv::shutdown);
    workers.forEach(RpcEnv::awaitTermination);
    master.shutdown();
    master.awaitTermination();
  }
}
