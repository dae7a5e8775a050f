//! The table of requests: what a message of a command service is read from, and how it is answered.

/// Implements a command service by a table, a line a call: the call, its messages, the command it asks for, the command's fields.
///
/// Each field is read from the message's field of the same name, by the rules of its type in the command ([`crate::Brought`]): what may
/// be absent there may be left out. Every violation of a message is named, with the path of its field. What an answer tells besides what all do
/// stands in brackets behind it: the answer's field, and the function that reads it from the receipt.
///
/// Each service also corrects the acts that it records: `correct_act` takes the right act in the message of the call that would have recorded it.
/// Behind `correcting` it says whose acts those are.
///
/// `Here` is a type of the service's crate ([`crate::Mutation`]), `v1` the module of its messages.
#[macro_export]
macro_rules! command_service {
    ($service:ident for $calls:ident, correcting $whose:ident: $(
        $method:ident($request:ident) -> $response:ident $({ $more:ident: $tell:path })?:
        $on:ident $command:ident { $($field:ident),* $(,)? }
    )*) => {
        $crate::command_requests! {
            $($request -> $response $({ $more: $tell })?: $on $command { $($field),* })*
        }

        impl $crate::Mutation<Here> for v1::CorrectActRequest {
            type Response = v1::CorrectActResponse;

            fn header(&self) -> $crate::Header<'_> {
                $crate::command_requests!(@ header $whose self)
            }

            fn bytes(&self) -> usize {
                $crate::bytes(self)
            }

            fn action(&self, fields: &mut $crate::Fields) -> Option<$crate::Asked> {
                $crate::command_requests!(@ names_one $whose self fields);
                // A call more does not compile before a correction may bring its message.
                let right = match &self.right {
                    None => Some(None),
                    $(Some(v1::correct_act_request::Right::$command(right)) => {
                        $crate::right::<Here, _>(fields, stringify!($method), right).map(Some)
                    })*
                };
                let (act, corrected_on) =
                    (fields.read("act", &self.act), fields.read("corrected_on", &self.corrected_on));
                let (reason, document_number) =
                    (fields.read("reason", &self.reason), fields.read("document_number", &self.document_number));
                Some($crate::Asked::Correction(domain::command::CorrectAct {
                    act: act?,
                    corrected_on: corrected_on?,
                    reason: reason?,
                    document_number: document_number?,
                    right: right?.map(Box::new),
                }))
            }

            fn response(receipt: $crate::Receipt) -> Self::Response {
                $crate::command_requests!(@ told CorrectActResponse receipt)
            }
        }

        #[tonic::async_trait]
        impl<L: event_log::EventLog> $service for $calls<L> {
            async fn correct_act(
                &self,
                request: tonic::Request<v1::CorrectActRequest>,
            ) -> Result<tonic::Response<v1::CorrectActResponse>, tonic::Status> {
                self.0.call::<Here, _>(request).await
            }

            $(
                async fn $method(
                    &self,
                    request: tonic::Request<v1::$request>,
                ) -> Result<tonic::Response<v1::$response>, tonic::Status> {
                    self.0.call::<Here, _>(request).await
                }
            )*
        }
    };
}

/// The messages of such a table alone, for a service that has other calls as well.
#[macro_export]
macro_rules! command_requests {
    ($(
        $request:ident -> $response:ident $({ $more:ident: $tell:path })?:
        $on:ident $command:ident { $($field:ident),* $(,)? }
    )*) => {
        $(
            impl $crate::Mutation<Here> for v1::$request {
                type Response = v1::$response;

                fn header(&self) -> $crate::Header<'_> {
                    $crate::command_requests!(@ header $on self)
                }

                fn bytes(&self) -> usize {
                    $crate::bytes(self)
                }

                fn action(&self, fields: &mut $crate::Fields) -> Option<$crate::Asked> {
                    // All are read before the first that is missing ends it.
                    $crate::command_requests!(@ names_one $on self fields);
                    $(let $field = fields.read(stringify!($field), &self.$field);)*
                    let command = domain::command::$command { $($field: $field?),* };
                    Some($crate::command_requests!(@ asked $on $command command self))
                }

                fn response(receipt: $crate::Receipt) -> Self::Response {
                    $crate::command_requests!(@ told $response receipt $($more $tell)?)
                }
            }
        )*
    };
    (@ header $on:ident $message:ident) => {
        $crate::Header {
            request_id: &$message.request_id,
            expected_revision: $message.expected_revision,
            validate_only: $message.validate_only,
            bureau_id: &$message.bureau_id,
            officer_id: &$message.officer_id,
            target: $crate::command_requests!(@ target $on $message),
        }
    };
    (@ told $response:ident $receipt:ident $($more:ident $tell:path)?) => {
        v1::$response {
            position: $receipt.tail.position.0,
            revision: $receipt.tail.revision.0,
            outcome: $crate::outcome($receipt.outcome),
            act: $receipt.act.map_or(0, domain::Act::get),
            log_id: $receipt.log.to_string(),
            $($more: $tell(&$receipt),)?
        }
    };
    (@ names_one provider_or_operator $message:ident $fields:ident) => {
        if !$message.provider_id.is_empty() && !$message.operator_code.is_empty() {
            $fields.violate("operator_code", domain::Invalid::ONE_RECORD);
        }
    };
    (@ names_one $whose:ident $message:ident $fields:ident) => {};
    (@ asked provider_or_operator $command:ident $value:ident $message:ident) => {
        if $message.operator_code.is_empty() {
            $crate::Asked::Provider(domain::command::Command::$command($value))
        } else {
            $crate::Asked::Operator(domain::command::OperatorCommand::$command($value))
        }
    };
    (@ target provider $message:ident) => {
        $crate::Target::Provider(&$message.provider_id)
    };
    (@ target provider_or_operator $message:ident) => {
        if $message.operator_code.is_empty() {
            $crate::Target::Provider(&$message.provider_id)
        } else {
            $crate::Target::Operator(&$message.operator_code)
        }
    };
    (@ target operator $message:ident) => {
        $crate::Target::Operator(&$message.operator_code)
    };
    (@ target rules $message:ident) => {
        $crate::Target::Rules
    };
    (@ asked provider $command:ident $value:ident $message:ident) => {
        $crate::Asked::Provider(domain::command::Command::$command($value))
    };
    (@ asked operator $command:ident $value:ident $message:ident) => {
        $crate::Asked::Operator(domain::command::OperatorCommand::$command($value))
    };
    (@ asked rules $command:ident $value:ident $message:ident) => {
        $crate::Asked::Rules(domain::command::RulesCommand::$command($value))
    };
}
