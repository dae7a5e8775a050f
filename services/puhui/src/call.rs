//! Calls any method knowing only what the server's reflection tells: what grpcurl does, for a machine that has only this program.

use std::io::Read;

use prost::Message;
use prost::bytes::{Buf, BufMut};
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor};
use prost_types::FileDescriptorProto;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use puhui::print::harmless;

use crate::client::{Failure, Servers};
use crate::failure::of_system;
use crate::json;

/// Largest message read from standard input, in bytes.
const INPUT_BYTES_MAX: u64 = 1024 * 1024;

/// `puhui call`.
pub(crate) async fn run(servers: &Servers, method: &str, message: &str) -> Result<(), Failure> {
    let (service, name) = method
        .rsplit_once('/')
        .ok_or_else(|| Failure::usage("方法写作 包.服务/方法 / a method is written package.Service/Method"))?;
    let channel = servers.connect(service.split('.').nth(1).unwrap_or_default()).await?;
    let method = describe(&channel, service, name).await?;
    let text = if message == "-" {
        let mut text = String::new();
        let read = std::io::stdin().take(INPUT_BYTES_MAX).read_to_string(&mut text);
        read.map_err(|error| of_system("标准输入", "standard input", &error))?;
        text
    } else {
        message.to_owned()
    };
    let mut reader = serde_json::Deserializer::from_str(&text);
    let request = DynamicMessage::deserialize(method.input(), &mut reader)
        .map_err(|error| Failure::usage(format!("消息不合该方法 / the message: {error}")))?;
    let path = format!("/{service}/{name}")
        .parse()
        .map_err(|_| Failure::usage("方法名中有不合的字符 / the method's name has odd characters"))?;
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.map_err(|error| Failure::unavailable(error.to_string()))?;
    let codec = Dynamic(method.clone());
    if method.is_server_streaming() {
        let mut answers = client.server_streaming(Request::new(request), path, codec).await?.into_inner();
        while let Some(answer) = answers.message().await? {
            json::say(&json::dynamic(&answer)?)?;
        }
        return Ok(());
    }
    let answer = client.unary(Request::new(request), path, codec).await?.into_inner();
    json::say(&json::dynamic(&answer)?)
}

/// What is said where the server knows no such service.
fn unknown(service: &str, status: Status) -> Failure {
    if status.code() != Code::NotFound {
        return status.into();
    }
    Failure::refused(format!("该服务器没有服务 {0} / this server has no service {0}", harmless(service)))
}

/// Learns a method from the server.
async fn describe(channel: &Channel, service: &str, name: &str) -> Result<MethodDescriptor, Failure> {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::FileContainingSymbol(service.to_owned())),
    };
    let mut pool = DescriptorPool::new();
    let mut wanted = vec![request];
    let mut files: Vec<FileDescriptorProto> = Vec::new();
    while let Some(request) = wanted.pop() {
        let asked = futures_util::stream::iter([request]);
        let mut client = ServerReflectionClient::new(channel.clone());
        let answers = client.server_reflection_info(asked).await;
        let mut answers = answers.map_err(|status| unknown(service, status))?.into_inner();
        let answer = answers.message().await.map_err(|status| unknown(service, status))?;
        let answer = answer.and_then(|answer| answer.message_response);
        let encoded = match answer {
            Some(MessageResponse::FileDescriptorResponse(response)) => response.file_descriptor_proto,
            Some(MessageResponse::ErrorResponse(error)) => {
                return Err(unknown(service, Status::not_found(error.error_message)));
            }
            _ => return Err(Failure::unavailable("服务器的反射服务没有答复 / the server's reflection gave no answer")),
        };
        for bytes in encoded {
            let file =
                FileDescriptorProto::decode(bytes.as_slice()).map_err(|e| Failure::unavailable(e.to_string()))?;
            if files.iter().any(|known| known.name == file.name) {
                continue;
            }
            for import in &file.dependency {
                wanted.push(ServerReflectionRequest {
                    host: String::new(),
                    message_request: Some(MessageRequest::FileByFilename(import.clone())),
                });
            }
            files.push(file);
        }
    }
    pool.add_file_descriptor_protos(files).map_err(|error| Failure::unavailable(error.to_string()))?;
    let service = pool.get_service_by_name(service).ok_or_else(|| unknown(service, Status::not_found("")))?;
    let method = service.methods().find(|method| method.name() == name);
    method
        .ok_or_else(|| Failure::refused(format!("{0} 没有方法 {name} / {0} has no method {name}", service.full_name())))
}

/// Messages of one method, by its descriptor.
#[derive(Debug, Clone)]
struct Dynamic(MethodDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        self.clone()
    }

    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put_slice(&item.encode_to_vec());
        Ok(())
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = bytes.copy_to_bytes(bytes.remaining());
        let message = DynamicMessage::decode(self.0.output(), bytes);
        message.map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
